import { OAuthError, type RefusalReason } from '../../../shared/oauth/errors.js';

/**
 * The refusal of a client that did not prove who it is.
 *
 * @param basic whether it tried with the `Authorization` header: only then is there a challenge
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749 §5.2}
 */
export function invalidClient(description: string, reason: RefusalReason, basic = false): OAuthError {
  return new OAuthError('invalid_client', description, {
    reason,
    headers: basic ? { 'www-authenticate': 'Basic realm="mcp-oauth-demo"' } : {},
  });
}
