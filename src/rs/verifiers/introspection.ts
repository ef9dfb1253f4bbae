import { parseJson } from '../../shared/http/json.js';
import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { buildBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { fingerprint as fingerprintOf, hashSecret } from '../../shared/secret.js';
import type { AuthorizationServer, FoundAuthorizationServer } from '../authorization-server.js';
import type { PostForm } from '../form-post.js';
import type { TokenVerifier, VerifiedToken } from '../token-verifier.js';
import { describeFailure, tokenNotVerifiable, withinTime } from '../unavailable.js';
import { introspectionResponse, type IntrospectionResponse, verifiedFrom } from './introspection-response.js';

export interface IntrospectionOptions {
  readonly authorizationServer: AuthorizationServer;
  readonly credentials: { readonly id: string; readonly secret: string };
  /** limit for one call, in milliseconds */
  readonly timeoutMs: number;
  readonly postForm: PostForm;
  readonly clock: Clock;
  /** monotonic */
  readonly milliseconds: () => number;
  readonly emit: Emit;
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
    const server = await options.authorizationServer.find();
    const started = options.milliseconds();
    const response = await ask(options, server, authorization, token);
    const fingerprint = fingerprintOf(token);
    options.emit({
      kind: 'introspection.answered',
      endpoint: server.introspectionEndpoint,
      token: fingerprint,
      active: response.active,
      ...(response.client_id === undefined ? {} : { client_id: response.client_id }),
      ...(response.scope === undefined ? {} : { scope: response.scope }),
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

/** @throws OAuthError `temporarily_unavailable` unless there is an answer that can be believed */
async function ask(
  { authorizationServer, timeoutMs, postForm }: IntrospectionOptions,
  { introspectionEndpoint: endpoint }: FoundAuthorizationServer,
  authorization: string,
  token: string,
): Promise<IntrospectionResponse> {
  const lost = (reason: RefusalReason, detail: string): Error => {
    authorizationServer.lost(detail);
    return tokenNotVerifiable(reason, detail);
  };
  const form = new URLSearchParams({ token, token_type_hint: 'access_token' });
  const answer = await withinTime(timeoutMs, (signal) =>
    postForm(endpoint, {
      headers: {
        authorization,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
      signal,
    }),
  ).catch((thrown: unknown) => {
    throw lost('introspection_unreachable', `${describeFailure(thrown)} while asking ${endpoint}`);
  });
  if (answer.status === 401 || answer.status === 403) throw credentialsRefused(endpoint, answer.status);
  if (answer.status !== 200) throw lost('introspection_failed', `${endpoint} answered ${answer.status}`);
  const parsed = introspectionResponse.safeParse(parseJson(answer.body));
  if (!parsed.success) {
    throw lost('introspection_malformed', `${endpoint} answered with something else than RFC 7662 JSON`);
  }
  authorizationServer.answered();
  return parsed.data;
}

/** The server is there, and it is the operator who has to act: the text names the flag. */
function credentialsRefused(endpoint: string, status: number): Error {
  return tokenNotVerifiable(
    'introspection_credentials_refused',
    `${endpoint} answered ${status} to this server's credentials;` +
      ' give --introspection-credentials what the authorization server has as --rs-credentials',
  );
}
