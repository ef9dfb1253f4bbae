import { parseJson } from '../../shared/http/json.js';
import { buildBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import type { OAuthError, RefusalReason } from '../../shared/oauth/errors.js';
import type { IntrospectionAuth } from '../config/options.js';
import type { PostForm } from '../../shared/http/post-form.js';
import { RS_USER_AGENT } from '../../shared/http/rs-user-agent.js';
import { describeFailure, withinTime } from '../unavailable.js';
import { refusalOfToken } from './introspection-refusal.js';
import { introspectionResponse, type IntrospectionResponse } from './introspection-response.js';

/** An answer that can be believed, or why there is none. */
export type IntrospectionOutcome =
  | { readonly response: IntrospectionResponse }
  | { readonly refusal: OAuthError }
  | {
      readonly reason: RefusalReason;
      readonly detail: string;
      /** whether somebody answered, though not with what was asked for */
      readonly answered: boolean;
    };

/** Asks an introspection endpoint about a token, once. */
export type IntrospectionCall = (endpoint: string, token: string) => Promise<IntrospectionOutcome>;

export interface IntrospectionCallOptions {
  readonly credentials: { readonly id: string; readonly secret: string };
  /** where the credentials go: into the Authorization header, or into the form */
  readonly auth: IntrospectionAuth;
  /** limit for one call, in milliseconds */
  readonly timeoutMs: number;
  readonly postForm: PostForm;
}

/**
 * Creates the call with this server's credentials in it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.1 RFC 7662 §2.1}
 */
export function createIntrospectionCall({
  credentials,
  auth,
  timeoutMs,
  postForm,
}: IntrospectionCallOptions): IntrospectionCall {
  const shown = showCredentials(credentials, auth);
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': RS_USER_AGENT,
    ...shown.headers,
  };
  return async (endpoint, token) => {
    const form = new URLSearchParams({ token, token_type_hint: 'access_token', ...shown.parameters });
    try {
      const answer = await withinTime(timeoutMs, (signal) =>
        postForm(endpoint, { headers, body: form.toString(), signal }),
      );
      return outcomeOf(endpoint, answer);
    } catch (thrown) {
      const detail = `${describeFailure(thrown)} while asking ${endpoint}`;
      return { reason: 'introspection_unreachable', detail, answered: false };
    }
  };
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1} */
function showCredentials(
  { id, secret }: IntrospectionCallOptions['credentials'],
  auth: IntrospectionAuth,
): { readonly headers?: Record<string, string>; readonly parameters?: Record<string, string> } {
  return auth === 'client_secret_post'
    ? { parameters: { client_id: id, client_secret: secret } }
    : { headers: { authorization: buildBasicCredentials(id, secret) } };
}

function outcomeOf(endpoint: string, answer: Awaited<ReturnType<PostForm>>): IntrospectionOutcome {
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

/** The text names the flags that help. */
function credentialsRefused(endpoint: string, status: number): IntrospectionOutcome {
  return {
    reason: 'introspection_credentials_refused',
    detail:
      `${endpoint} answered ${status} to this server's credentials; give --introspection-credentials what it` +
      ' knows this server by (--rs-credentials, if it is our own), and --introspection-auth how it wants them',
    answered: true,
  };
}
