import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';

/**
 * The error for a token that is no good.
 *
 * @param reason stable reason code
 * @param description what the client may know
 * @param detail what the operator may know
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3.1 RFC 6750 §3.1}
 */
export function invalidToken(reason: RefusalReason, description: string, detail?: string): OAuthError {
  return new OAuthError('invalid_token', description, {
    reason,
    ...(detail === undefined ? {} : { detail }),
  });
}

/**
 * The error for a token of an issuer that is not trusted, or not the one that vouches for it.
 *
 * @param issuer what the token or the introspection response says
 */
export function ofAnotherIssuer(issuer: string): OAuthError {
  return invalidToken('issuer_mismatch', 'the access token is of another issuer', `iss is ${issuer}`);
}
