import type { SigningKeys } from '../keys/signing-keys.js';
import type { AccessTokenFormat } from './access-token-format.js';

/**
 * Access tokens that say what they are worth, signed with a key of {@link SigningKeys}.
 *
 * @param issuer as it stands in the metadata
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2 RFC 9068 §2}
 */
export function jwtAccessTokens(issuer: string, keys: SigningKeys): AccessTokenFormat {
  return {
    mint: async ({ client_id, sub, scope, aud, iat, exp, jti }) => {
      const { SignJWT } = await import('jose');
      const { kid, alg, key } = await keys.current();
      const [only, ...more] = aud;
      return new SignJWT({ client_id, ...(scope !== '' && { scope }) })
        .setProtectedHeader({ typ: 'at+jwt', alg, kid })
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience(only !== undefined && more.length === 0 ? only : [...aud])
        .setJti(jti)
        .setIssuedAt(iat)
        .setExpirationTime(exp)
        .sign(key);
    },
  };
}
