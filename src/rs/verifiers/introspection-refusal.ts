import * as z from 'zod';
import { parseJson } from '../../shared/http/json.js';
import { OAuthError } from '../../shared/oauth/errors.js';

const inactive = z.object({ active: z.literal(false) });
const unsupported = z.object({ error: z.literal('unsupported_token_type') });

/**
 * What some authorization servers answer to a token that is no good, where others answer 200 with `active: false`: the
 * example of the MCP TypeScript SDK says the same with a 401, and oidc-provider refuses to look at any JWT. Neither is an
 * outage, and anybody can send such a token.
 *
 * @returns undefined if the answer is not about the token
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662 §2.2}
 */
export function refusalOfToken({
  status,
  body,
}: {
  readonly status: number;
  readonly body: string;
}): OAuthError | undefined {
  if (status < 400 || status >= 500) return undefined;
  const json = parseJson(body);
  if (inactive.safeParse(json).success) {
    return new OAuthError('invalid_token', 'the access token is unknown, expired or revoked', {
      reason: 'token_inactive',
      detail: `the introspection endpoint answered ${status} with active: false`,
    });
  }
  if (!unsupported.safeParse(json).success) return undefined;
  return new OAuthError('invalid_token', 'the authorization server does not vouch for tokens of this kind', {
    reason: 'token_not_introspectable',
    detail: `the introspection endpoint answered ${status} unsupported_token_type; --verify=jwt is for JWTs`,
  });
}
