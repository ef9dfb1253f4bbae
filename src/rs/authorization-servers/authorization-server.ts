import type { Emit } from '../../shared/events/emitter.js';
import type { Fetch } from '../../shared/http/fetch.js';
import type { IntrospectionAuth, Verification } from '../config/options.js';
import { createAuthMethodCheck } from './auth-method-check.js';
import {
  type Failure,
  type FoundAuthorizationServer,
  isOnSameHost,
  isSameIssuer,
  memberFor,
} from './found.js';
import { readMetadata } from './metadata.js';
import { tokenNotVerifiable } from '../unavailable.js';

/** For how long after a failure the authorization server is not looked for again. */
const PAUSE_MILLISECONDS = 1000;

/** How often the metadata of one that gets along without is looked for again, in the background. */
const SPELLING_LOOK_MILLISECONDS = 60_000;

/** The authorization server as this server knows it. */
export interface AuthorizationServer {
  /** The issuer in the server's own spelling, once known, else as it was configured. */
  issuer(): string;
  /** Whether it may come back with another issuer while this server runs. */
  readonly mayChange: boolean;
  /** Whether it may have this issuer by now, as where `--epoch` changes the issuer. */
  mayBecome(issuer: string): boolean;
  /**
   * Its metadata, read once. Requests that need it at the same time share one look; after a failure the next look
   * waits a moment. Where its introspection endpoint was configured, it is found without metadata too, under the issuer
   * as it was configured.
   *
   * @throws OAuthError `temporarily_unavailable`
   */
  find(): Promise<FoundAuthorizationServer>;
  /**
   * Reads its metadata again, since it may be another server by now. What was known stays if that fails.
   *
   * @throws OAuthError `temporarily_unavailable`
   */
  findAnew(): Promise<FoundAuthorizationServer>;
  /**
   * Its introspection endpoint or its keys can't be had.
   *
   * @param failure in words, and whether anybody answered; if not, the metadata is read anew before the next attempt
   */
  lost(failure: { readonly detail: string; readonly answered: boolean }): void;
  /** They can be had: ends the outage, if there was one. */
  answered(): void;
  /** Whether it could not be asked the last time. */
  isDown(): boolean;
  /** Ends a look that is under way. Nothing is told of it: it is this server that stops. */
  close(): void;
}

export interface AuthorizationServerOptions {
  /** issuer as the user wrote it */
  readonly configured: string;
  /** whether another issuer of the same host is taken for it, as where `--epoch` changes the issuer */
  readonly mayFollow: boolean;
  /** how tokens are verified, which says what its metadata must name */
  readonly verify: Verification;
  /** whether what its metadata names may be plain http on another host, as the issuer then is */
  readonly insecureHttp: boolean;
  /** where to ask, whatever its metadata names */
  readonly introspectionEndpoint?: string | undefined;
  /** how this server authenticates there */
  readonly introspectionAuth: IntrospectionAuth;
  /** limit for one look, in milliseconds */
  readonly timeoutMs: number;
  readonly fetch: Fetch;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

/**
 * Finds an authorization server by its issuer, and finds it again after an outage.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3}
 */
export function createAuthorizationServer(options: AuthorizationServerOptions): AuthorizationServer {
  const configured = options.configured.replace(/\/$/, '');
  const outage = createOutage({ configured, verify: options.verify, emit: options.emit });
  const tellOfAuthMethods = createAuthMethodCheck(options);
  const configuredEndpoint = options.introspectionEndpoint;
  const stopped = new AbortController();
  let spelling = configured;
  let known: FoundAuthorizationServer | undefined;
  let looking: Promise<FoundAuthorizationServer> | undefined;
  let failed: (Failure & { readonly at: number }) | undefined;

  async function look(): Promise<FoundAuthorizationServer> {
    const result = await readMetadata(options, stopped.signal);
    if ('reason' in result) {
      failed = { ...result, at: options.milliseconds() };
      return foundWithout(result);
    }
    failed = undefined;
    if (!isSameIssuer(result.issuer, spelling)) {
      options.emit({ kind: 'as.issuer_changed', configured, issuer: result.issuer });
    }
    known = result;
    spelling = result.issuer;
    tellOfAuthMethods(result);
    outage.discovered(result);
    return result;
  }

  /**
   * What is known without metadata: the endpoint that was configured. If nobody answers, that it is there is still not
   * known.
   */
  function foundWithout({ reason, detail }: Failure): FoundAuthorizationServer {
    if (configuredEndpoint !== undefined && reason !== 'as_issuer_mismatch') {
      known ??= { issuer: options.configured, verificationUrl: configuredEndpoint };
      spelling = known.issuer;
      if (reason === 'as_metadata_not_found') return known;
    } else if (!stopped.signal.aborted) {
      outage.begins(detail, 'discovery');
    }
    throw tokenNotVerifiable(reason, detail);
  }

  async function findAnew(): Promise<FoundAuthorizationServer> {
    if (failed && options.milliseconds() - failed.at < PAUSE_MILLISECONDS) return foundWithout(failed);
    looking ??= look().finally(() => (looking = undefined));
    return looking;
  }

  return {
    issuer: () => spelling,
    mayChange: options.mayFollow,
    mayBecome: (issuer) => options.mayFollow && isOnSameHost(issuer, configured),
    async find() {
      if (!known) {
        return findAnew().catch((thrown: unknown) => {
          if (known) return known;
          throw thrown;
        });
      }
      const spellingIsOpen = failed !== undefined && configuredEndpoint !== undefined;
      if (spellingIsOpen && options.milliseconds() - failed!.at >= SPELLING_LOOK_MILLISECONDS) {
        findAnew().catch(() => {});
      }
      return known;
    },
    findAnew,
    lost({ detail, answered }) {
      if (!answered && configuredEndpoint === undefined) known = undefined;
      if (!stopped.signal.aborted) outage.begins(detail, 'verification');
    },
    answered() {
      if (known) outage.ends(known);
    },
    isDown: outage.isOn,
    close: () => stopped.abort(),
  };
}

/** Tells of an outage once when it begins and once when it ends, however many requests meet it. */
function createOutage({
  configured,
  verify,
  emit,
}: {
  configured: string;
  verify: Verification;
  emit: Emit;
}) {
  let state: 'not-looked' | 'found' | 'discovery' | 'verification' = 'not-looked';
  const ends = ({ issuer, verificationUrl }: FoundAuthorizationServer): void => {
    if (state === 'found') return;
    state = 'found';
    emit({ kind: 'as.found', issuer, [memberFor(verify)]: verificationUrl });
  };
  const isOn = (): boolean => state === 'discovery' || state === 'verification';
  return {
    ends,
    isOn,
    begins(detail: string, during: 'discovery' | 'verification'): void {
      const silent = isOn();
      state = during;
      if (!silent) emit({ kind: 'as.unreachable', issuer: configured, detail }, 'warning');
    },
    /** Metadata that can be read does not mean that what failed at the URL in it works again. */
    discovered(found: FoundAuthorizationServer): void {
      if (state !== 'verification') ends(found);
    },
  };
}
