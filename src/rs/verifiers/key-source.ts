import type { createLocalJWKSet } from 'jose';
import type { Emit } from '../../shared/events/emitter.js';
import type { Fetch } from '../../shared/http/fetch.js';
import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { FoundAuthorizationServer } from '../authorization-servers/found.js';
import type { OAuthError } from '../../shared/oauth/errors.js';
import { tokenNotVerifiable } from '../unavailable.js';
import { type KeySetDocument, type KeySetFailure, readKeySet } from './key-set-document.js';

/** For how long after the keys were read no unknown key makes them be read again: such a token is easily made up. */
const COOL_DOWN_MILLISECONDS = 10_000;

/** For how long after a failure the keys are not asked for again. */
const PAUSE_MILLISECONDS = 1000;

/** For how long after a failure the next attempt is not waited for, where there are keys that were read before. */
const PATIENCE_AFTER_FAILURE_MILLISECONDS = 60_000;

/** For how long beyond their life keys are used while they can't be read anew. */
const MAX_STALE_MILLISECONDS = 3_600_000;

/** The keys of one issuer, as they were read at one time. */
export interface IssuerKeys {
  /** in its own spelling */
  readonly issuer: string;
  /** gives the key that fits the header of a token */
  readonly keyFor: ReturnType<typeof createLocalJWKSet>;
}

/** The keys of one authorization server. */
export interface KeySource {
  /**
   * The keys; read again once their time is over. While that fails, those that were read before are good for a while.
   *
   * @throws OAuthError `temporarily_unavailable`
   */
  current(): Promise<IssuerKeys>;
  /** Keys read later than those, unless they were read just now, or can't be. */
  newer(than: IssuerKeys): Promise<IssuerKeys | undefined>;
}

export interface KeySourceOptions {
  readonly authorizationServer: AuthorizationServer;
  readonly fetch: Fetch;
  /** limit for one reading, in milliseconds */
  readonly timeoutMs: number;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

interface Kept extends IssuerKeys {
  readonly url: string;
  readonly text: string;
  /** in monotonic milliseconds, as {@link Kept.freshUntil} */
  readonly readAt: number;
  readonly freshUntil: number;
}

/** Keeps the keys of an authorization server; requests that need them at the same time share one reading. */
export function createKeySource(options: KeySourceOptions): KeySource {
  const { authorizationServer, milliseconds, emit } = options;
  let kept: Kept | undefined;
  let reading: Promise<Kept> | undefined;
  let failed: (KeySetFailure & { readonly at: number }) | undefined;
  let isOldToldOf = false;

  async function read(found: FoundAuthorizationServer): Promise<Kept> {
    if (failed && milliseconds() - failed.at < PAUSE_MILLISECONDS) throw notVerifiable(failed);
    reading ??= readNow(found).finally(() => (reading = undefined));
    return reading;
  }

  async function readNow(found: FoundAuthorizationServer): Promise<Kept> {
    const { server, answer } = await readWhereItIs(found, options);
    if (!('keys' in answer)) {
      failed = { ...answer, at: milliseconds() };
      throw notVerifiable(answer);
    }
    failed = undefined;
    isOldToldOf = false;
    kept = await keptFrom(server, answer, { before: kept, readAt: milliseconds() });
    authorizationServer.answered();
    emit({
      kind: 'jwks.read',
      issuer: server.issuer,
      jwks_uri: server.verificationUrl,
      keys: answer.keys.length,
      seconds: answer.lifeMilliseconds / 1000,
    });
    return kept;
  }

  function tellOfOld({ issuer }: Kept): void {
    if (!isOldToldOf && failed) emit({ kind: 'jwks.unread', issuer, detail: failed.detail }, 'warning');
    isOldToldOf = true;
  }

  return {
    async current() {
      const found = await authorizationServer.find();
      const old = kept && isOf(kept, found) ? kept : undefined;
      if (old && milliseconds() < old.freshUntil) return old;
      const spare = old && milliseconds() < old.freshUntil + MAX_STALE_MILLISECONDS ? old : undefined;
      const isDown = failed && milliseconds() - failed.at < PATIENCE_AFTER_FAILURE_MILLISECONDS;
      try {
        const anew = read(found);
        if (!spare || !isDown) return await anew;
        anew.catch(() => undefined);
        tellOfOld(spare);
        return spare;
      } catch (thrown) {
        if (spare) {
          tellOfOld(spare);
          return spare;
        }
        if (failed) authorizationServer.lost(failed);
        throw thrown;
      }
    },
    async newer(than) {
      if (kept && kept !== than) return kept;
      if (kept && milliseconds() - kept.readAt < COOL_DOWN_MILLISECONDS) return undefined;
      return read(await authorizationServer.find());
    },
  };
}

function isOf({ issuer, url }: Kept, found: FoundAuthorizationServer): boolean {
  return issuer === found.issuer && url === found.verificationUrl;
}

function notVerifiable({ reason, detail }: KeySetFailure): OAuthError {
  return tokenNotVerifiable(reason, detail);
}

/** Reads the keys, and looks once more if the authorization server has moved meanwhile. */
async function readWhereItIs(
  found: FoundAuthorizationServer,
  options: KeySourceOptions,
): Promise<{ readonly server: FoundAuthorizationServer; readonly answer: KeySetDocument | KeySetFailure }> {
  const answer = await readKeySet(found.verificationUrl, options);
  if ('keys' in answer) return { server: found, answer };
  const now = await options.authorizationServer.findAnew().catch(() => undefined);
  return now === undefined || now.verificationUrl === found.verificationUrl
    ? { server: found, answer }
    : { server: now, answer: await readKeySet(now.verificationUrl, options) };
}

/** Where nothing has changed, the keys stay the ones that were imported before. */
async function keptFrom(
  { issuer, verificationUrl: url }: FoundAuthorizationServer,
  { keys, text, lifeMilliseconds }: KeySetDocument,
  { before, readAt }: { readonly before: Kept | undefined; readonly readAt: number },
): Promise<Kept> {
  const keyFor = before?.text === text ? before.keyFor : (await import('jose')).createLocalJWKSet({ keys });
  return { issuer, url, text, keyFor, readAt, freshUntil: readAt + lifeMilliseconds };
}
