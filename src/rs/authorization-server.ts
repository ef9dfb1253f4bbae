import { parseJson } from '../shared/http/json.js';
import type { Emit } from '../shared/events/emitter.js';
import { readText } from '../shared/http/body.js';
import type { Fetch } from '../shared/http/fetch.js';
import { OAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import { authorizationServerMetadata, type AuthorizationServerMetadata } from '../shared/oauth/metadata.js';
import { authorizationServerMetadataLocations } from '../shared/oauth/well-known.js';
import { describeFailure, tokenNotVerifiable, withinTime } from './unavailable.js';

/** For how long after a failure the authorization server is not looked for again. */
const PAUSE_MILLISECONDS = 1000;

/** An authorization server whose metadata was read. */
export interface FoundAuthorizationServer {
  /** in the spelling that it uses itself */
  readonly issuer: string;
  readonly introspectionEndpoint: string;
}

/** The authorization server as this server knows it. */
export interface AuthorizationServer {
  /** The issuer in the server's own spelling, once known, else as it was configured. */
  issuer(): string;
  /**
   * Its metadata, read once. Requests that need it at the same time share one look; after a failure the next look
   * waits a moment.
   *
   * @throws OAuthError `temporarily_unavailable`
   */
  find(): Promise<FoundAuthorizationServer>;
  /** Introspection failed: the metadata is read anew before the next call, since the server may have moved. */
  lost(detail: string): void;
  /** Introspection worked: ends the outage, if there was one. */
  answered(): void;
  /** Ends a look that is under way. Nothing is told of it: it is this server that stops. */
  close(): void;
}

export interface AuthorizationServerOptions {
  /** issuer as the user wrote it */
  readonly configured: string;
  /** limit for one look, in milliseconds */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

/** A look that failed, with the reason code of its cause. */
interface Failure {
  readonly reason: RefusalReason;
  readonly detail: string;
}

/**
 * Finds an authorization server by its issuer, and finds it again after an outage.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3}
 */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const configured = options.configured.replace(/\/$/, '');
  const outage = createOutage(configured, options.emit);
  const stopped = new AbortController();
  let spelling = configured;
  let known: FoundAuthorizationServer | undefined;
  let looking: Promise<FoundAuthorizationServer> | undefined;
  let failed: (Failure & { readonly at: number }) | undefined;

  async function look(): Promise<FoundAuthorizationServer> {
    const result = await readMetadata(options, stopped.signal);
    if ('reason' in result) {
      failed = { ...result, at: options.milliseconds() };
      if (!stopped.signal.aborted) outage.begins(result.detail, 'discovery');
      throw tokenNotVerifiable(result.reason, result.detail);
    }
    failed = undefined;
    known = result;
    spelling = result.issuer;
    outage.discovered(result);
    return result;
  }

  return {
    issuer: () => spelling,
    async find() {
      if (known) return known;
      if (failed && options.milliseconds() - failed.at < PAUSE_MILLISECONDS) {
        throw tokenNotVerifiable(failed.reason, failed.detail);
      }
      looking ??= look().finally(() => (looking = undefined));
      return looking;
    },
    lost(detail) {
      known = undefined;
      if (!stopped.signal.aborted) outage.begins(detail, 'introspection');
    },
    answered() {
      if (known) outage.ends(known);
    },
    close: () => stopped.abort(),
  };
}

/** Tells of an outage once when it begins and once when it ends, however many requests meet it. */
function createOutage(configured: string, emit: Emit) {
  let state: 'not-looked' | 'found' | 'discovery' | 'introspection' = 'not-looked';
  const ends = ({ issuer, introspectionEndpoint }: FoundAuthorizationServer): void => {
    if (state === 'found') return;
    state = 'found';
    emit({ kind: 'as.found', issuer, introspection_endpoint: introspectionEndpoint });
  };
  return {
    ends,
    begins(detail: string, during: 'discovery' | 'introspection'): void {
      const silent = state === 'discovery' || state === 'introspection';
      state = during;
      if (!silent) emit({ kind: 'as.unreachable', issuer: configured, detail }, 'warning');
    },
    /** Metadata that can be read does not mean that introspection, if it was what failed, works again. */
    discovered(found: FoundAuthorizationServer): void {
      if (state !== 'introspection') ends(found);
    },
  };
}

/** Looks at every place where the metadata may be. */
async function readMetadata(
  { configured: issuer, fetch: get, timeoutMs }: AuthorizationServerOptions,
  stopped: AbortSignal,
): Promise<FoundAuthorizationServer | Failure> {
  try {
    return await withinTime(
      timeoutMs,
      async (signal) => {
        const seen: string[] = [];
        for (const { url } of authorizationServerMetadataLocations(issuer)) {
          const answer = await readDocument(url, get, signal);
          if (typeof answer !== 'string') return fromMetadata(issuer, answer);
          seen.push(answer);
        }
        return { reason: 'as_metadata_not_found', detail: seen.join('; ') };
      },
      stopped,
    );
  } catch (thrown) {
    return {
      reason: 'as_unreachable',
      detail: `${describeFailure(thrown)} while reading the metadata of ${issuer}`,
    };
  }
}

/** @returns the metadata, or what is wrong with what is there */
async function readDocument(
  url: string,
  get: Fetch,
  signal: AbortSignal,
): Promise<AuthorizationServerMetadata | string> {
  const response = await get(url, { headers: { accept: 'application/json' }, signal });
  if (response.status !== 200) {
    await response.body?.cancel();
    return `${url} answered ${response.status}`;
  }
  const parsed = authorizationServerMetadata.safeParse(parseJson(await readLimited(response)));
  return parsed.success ? parsed.data : `${url} answered with something else than metadata`;
}

/** A document that is too large counts as one that is not there. */
async function readLimited(response: Response): Promise<string> {
  try {
    return await readText(response);
  } catch (thrown) {
    if (thrown instanceof OAuthError) return '';
    throw thrown;
  }
}

/**
 * The issuer must be the one that was asked for, but for one trailing slash: many products write it with one while
 * their users leave it out.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414 §3.3}
 */
function fromMetadata(
  configured: string,
  metadata: AuthorizationServerMetadata,
): FoundAuthorizationServer | Failure {
  const { issuer, introspection_endpoint: introspectionEndpoint } = metadata;
  if (issuer.replace(/\/$/, '') !== configured.replace(/\/$/, '')) {
    return {
      reason: 'as_issuer_mismatch',
      detail: `the metadata at ${configured} is of the issuer ${issuer}; set --auth-server to that`,
    };
  }
  if (introspectionEndpoint === undefined) {
    return {
      reason: 'introspection_endpoint_missing',
      detail: `the metadata of ${issuer} names no introspection_endpoint`,
    };
  }
  return { issuer, introspectionEndpoint };
}
