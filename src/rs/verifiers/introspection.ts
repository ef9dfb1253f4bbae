import { parseJson } from '../../shared/http/json.js';
import type { OAuthError, RefusalReason } from '../../shared/oauth/errors.js';
import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { buildBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { fingerprint as fingerprintOf, hashSecret } from '../../shared/secret.js';
import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import type { FoundAuthorizationServer } from '../authorization-servers/found.js';
import type { PostForm } from '../form-post.js';
import { clientOf, scopeOf } from './claims.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';
import { describeFailure, tokenNotVerifiable, withinTime } from '../unavailable.js';
import { refusalOfToken } from './introspection-refusal.js';
import { introspectionResponse, type IntrospectionResponse, verifiedFrom } from './introspection-response.js';

/** How introspection reaches the world. */
export interface IntrospectionPorts {
  readonly postForm: PostForm;
  readonly clock: Clock;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
}

export interface IntrospectionOptions extends IntrospectionPorts {
  readonly authorizationServer: AuthorizationServer;
  readonly credentials: { readonly id: string; readonly secret: string };
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
export function createIntrospectionVerifier(options: IntrospectionOptions): TokenVerifier {
  const underWay = new Map<string, Joined>();
  const authorization = buildBasicCredentials(options.credentials.id, options.credentials.secret);

  async function introspect(token: string, waiting: () => number): Promise<VerifiedToken> {
    const found = await options.authorizationServer.find();
    const started = options.milliseconds();
    const { server, response } = await askWhereItIs(options, found, authorization, token);
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

/** An answer that can be believed, or why there is none. */
type Outcome =
  | { readonly response: IntrospectionResponse }
  | { readonly refusal: OAuthError }
  | {
      readonly reason: RefusalReason;
      readonly detail: string;
      /** whether somebody answered, though not with what was asked for */
      readonly answered: boolean;
    };

/**
 * Asks, and asks once more if the authorization server has moved meanwhile: what answers at its old place is not it.
 *
 * @throws OAuthError `temporarily_unavailable` unless there is an answer that can be believed, `invalid_token` if that
 *   is no introspection response
 */
async function askWhereItIs(
  options: IntrospectionOptions,
  server: FoundAuthorizationServer,
  authorization: string,
  token: string,
): Promise<{ readonly server: FoundAuthorizationServer; readonly response: IntrospectionResponse }> {
  const { authorizationServer } = options;
  const first = await ask(options, server, authorization, token);
  const moved =
    'answered' in first && first.answered ? await movedFrom(server, authorizationServer) : undefined;
  const outcome = moved ? await ask(options, moved, authorization, token) : first;
  if ('refusal' in outcome) {
    authorizationServer.answered();
    throw outcome.refusal;
  }
  if ('response' in outcome) {
    authorizationServer.answered();
    return { server: moved ?? server, response: outcome.response };
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

async function ask(
  { timeoutMs, postForm }: IntrospectionOptions,
  { verificationUrl: endpoint }: FoundAuthorizationServer,
  authorization: string,
  token: string,
): Promise<Outcome> {
  const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
  let answer: Awaited<ReturnType<PostForm>>;
  try {
    answer = await withinTime(timeoutMs, (signal) =>
      postForm(endpoint, {
        headers: {
          authorization,
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form.toString(),
        signal,
      }),
    );
  } catch (thrown) {
    const detail = `${describeFailure(thrown)} while asking ${endpoint}`;
    return { reason: 'introspection_unreachable', detail, answered: false };
  }
  const refusal = refusalOfToken(answer);
  if (refusal) return { refusal };
  if (answer.status === 401 || answer.status === 403) return credentialsRefused(endpoint, answer.status);
  if (answer.status !== 200) {
    return {
      reason: 'introspection_failed',
      detail: `${endpoint} answered ${answer.status}`,
      answered: true,
    };
  }
  const parsed = introspectionResponse.safeParse(parseJson(answer.body));
  if (parsed.success) return { response: parsed.data };
  const detail = `${endpoint} answered with something else than RFC 7662 JSON`;
  return { reason: 'introspection_malformed', detail, answered: true };
}

/** The text names the flag that helps. */
function credentialsRefused(endpoint: string, status: number): Outcome {
  return {
    reason: 'introspection_credentials_refused',
    detail:
      `${endpoint} answered ${status} to this server's credentials;` +
      ' give --introspection-credentials what the authorization server has as --rs-credentials',
    answered: true,
  };
}
