import type { Clock } from '../../shared/clock.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import type { Random } from '../../shared/random.js';
import type { ClientKey } from './client-key.js';

/** The value of `client_assertion_type`. */
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** Long enough for clocks that are a little apart, and too short to be of use to a thief. */
const LIFETIME_SECONDS = 60;

/** Who shows itself to whom, and signs with what. */
export interface AssertionInput {
  readonly clientId: string;
  /** the issuer of the authorization server, as its metadata spells it */
  readonly audience: string;
  readonly clientKey: ClientKey;
  readonly algorithm: SignatureAlgorithm;
}

/**
 * Signs what a client shows at the token endpoint instead of a secret. Each is for one request.
 *
 * The audience is the issuer and nothing else: one that names the token endpoint could be used by another authorization
 * server that claims this one's token endpoint as its own.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 RFC 7523 §3}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc7523bis#section-4 draft-ietf-oauth-rfc7523bis §4} for `aud` and `typ`
 */
export async function signAssertion(
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  { clientId, audience, clientKey, algorithm }: AssertionInput,
): Promise<string> {
  const { SignJWT } = await import('jose');
  const now = clock.now();
  return new SignJWT({ jti: random.token(16) })
    .setProtectedHeader({
      alg: algorithm,
      typ: 'client-authentication+jwt',
      ...(clientKey.keyId !== undefined && { kid: clientKey.keyId }),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(clientKey.key);
}
