import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import type { Fetch } from '../../shared/http/fetch.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { fingerprint as fingerprintOf, hashSecret } from '../../shared/secret.js';
import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { FoundAuthorizationServer } from '../authorization-servers/found.js';
import type { PostForm } from '../../shared/http/post-form.js';
import { RS_USER_AGENT } from '../../shared/http/rs-user-agent.js';
import { clientOf, scopeOf } from './claims.js';
import type { IssuerVerifier, VerifiedToken } from './token-verifier.js';
import type { IntrospectionAuth } from '../config/options.js';
import { tokenNotVerifiable } from '../unavailable.js';
import { createIntrospectionCall, type IntrospectionCall } from './introspection-call.js';
import { type IntrospectionResponse, verifiedFrom } from './introspection-response.js';

/** How introspection reaches the world. */
export interface IntrospectionPorts {
  readonly postForm: PostForm;
  /** looks whether an endpoint is there */
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

export interface IntrospectionOptions extends IntrospectionPorts {
  readonly authorizationServer: AuthorizationServer;
  readonly credentials: { readonly id: string; readonly secret: string };
  readonly auth: IntrospectionAuth;
  /** where to ask, if that was configured, and not taken from the metadata */
  readonly configuredEndpoint?: string | undefined;
  /** limit for one call, in milliseconds */
  readonly timeoutMs: number;
}

/** One call that is under way, and how many requests wait for it. */
interface Joined {
  readonly answer: Promise<VerifiedToken>;
  waiting: number;
}

/**
 * Verifies tokens by asking the authorization server. Requests that come with the same token while a call for it is
 * under way share that call; once it has settled nothing is kept, so that a revocation takes effect at once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2 RFC 7662 §2}
 */
export function createIntrospectionVerifier(options: IntrospectionOptions): IssuerVerifier {
  const underWay = new Map<string, Joined>();
  const ask = createIntrospectionCall(options);

  async function introspect(token: string, waiting: () => number): Promise<VerifiedToken> {
    const found = await options.authorizationServer.find();
    const started = options.milliseconds();
    const { server, response } = await askWhereItIs({ ask, found, token }, options.authorizationServer);
    const fingerprint = fingerprintOf(token);
    const client = clientOf(response);
    options.emit({
      kind: 'introspection.answered',
      endpoint: server.verificationUrl,
      token: fingerprint,
      active: response.active,
      ...(client === undefined ? {} : { client_id: client }),
      ...(response.active ? { scope: formatScope(scopeOf(response)) } : {}),
      milliseconds: Math.round(options.milliseconds() - started),
      shared_by: waiting(),
    });
    return verifiedFrom(response, fingerprint, { issuer: server.issuer, now: options.clock.now() });
  }

  return {
    // Metadata that names the endpoint shows that it is there. Where it was configured there may be none, so whatever
    // the endpoint itself answers does.
    probe: (signal) =>
      options.configuredEndpoint === undefined
        ? options.authorizationServer.findAnew()
        : options.fetch(options.configuredEndpoint, {
            method: 'HEAD',
            headers: { 'user-agent': RS_USER_AGENT },
            redirect: 'manual',
            signal,
          }),
    verify(token) {
      const key = hashSecret(token);
      const same = underWay.get(key);
      if (same) {
        same.waiting += 1;
        return same.answer;
      }
      const joined: Joined = {
        waiting: 1,
        answer: introspect(token, () => joined.waiting).finally(() => underWay.delete(key)),
      };
      underWay.set(key, joined);
      return joined.answer;
    },
  };
}

/**
 * Asks, and asks once more if the authorization server has moved meanwhile: what answers at its old place is not it.
 *
 * @throws OAuthError `temporarily_unavailable` unless there is an answer that can be believed, `invalid_token` if that
 *   is no introspection response
 */
async function askWhereItIs(
  { ask, found, token }: { ask: IntrospectionCall; found: FoundAuthorizationServer; token: string },
  authorizationServer: AuthorizationServer,
): Promise<{ readonly server: FoundAuthorizationServer; readonly response: IntrospectionResponse }> {
  const first = await ask(found.verificationUrl, token);
  const moved =
    'answered' in first && first.answered ? await movedFrom(found, authorizationServer) : undefined;
  const outcome = moved ? await ask(moved.verificationUrl, token) : first;
  if ('refusal' in outcome) {
    authorizationServer.answered();
    throw outcome.refusal;
  }
  if ('response' in outcome) {
    authorizationServer.answered();
    return { server: moved ?? found, response: outcome.response };
  }
  const { reason, detail, answered } = outcome;
  // Where it is the credentials that are refused, the server is there, and it is the operator who has to act.
  if (reason !== 'introspection_credentials_refused') authorizationServer.lost({ detail, answered });
  throw tokenNotVerifiable(reason, detail);
}

/** @returns where the authorization server is now; undefined if that is where it was, or not to be found out */
async function movedFrom(
  { verificationUrl }: FoundAuthorizationServer,
  authorizationServer: AuthorizationServer,
): Promise<FoundAuthorizationServer | undefined> {
  const now = await authorizationServer.findAnew().catch(() => undefined);
  return now?.verificationUrl === verificationUrl ? undefined : now;
}
