import * as z from 'zod';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import { invalidClient } from './invalid-client.js';

/** How far the clocks of client and server may be apart, in seconds. */
export const SKEW_SECONDS = 30;

/**
 * How far off the end of an assertion may be, in seconds. Until then its `jti` has to be remembered, so this bounds how
 * many there are to remember.
 */
const MAX_LIFE_SECONDS = 600;

const time = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);

const CLAIMS = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: time,
  nbf: time.optional(),
  iat: time.optional(),
  jti: z.string().min(1).max(256),
});

/** The claims of an assertion that has passed. */
export type AssertionClaims = z.infer<typeof CLAIMS>;

/**
 * Holds the claims of an assertion, whose signature is good, against the rules.
 *
 * The audience is the issuer and nothing else. An assertion that names the token endpoint, as the RFC allowed, could
 * be got out of a client by another authorization server that claims this one's token endpoint in its metadata.
 *
 * @param payload the JSON that was signed
 * @throws OAuthError `invalid_client`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 RFC 7523 §3}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-rfc7523bis#section-4 draft-ietf-oauth-rfc7523bis §4} for `aud`
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication OpenID Connect Core §9} for `jti`
 */
export function checkAssertionClaims(
  { config, clock }: Pick<Services, 'config' | 'clock'>,
  { client_id }: Pick<ClientRecord, 'client_id'>,
  payload: unknown,
): AssertionClaims {
  const parsed = CLAIMS.safeParse(payload);
  if (!parsed.success) {
    const claim = String(parsed.error.issues[0]?.path[0] ?? 'a claim');
    throw invalidClient(
      `client_assertion: ${claim} is missing or not what it must be`,
      'client_assertion_malformed',
    );
  }
  const { iss, sub, aud, exp, nbf, iat } = parsed.data;
  if (iss !== client_id || sub !== client_id) {
    throw invalidClient(
      'client_assertion: iss and sub must both be the client_id',
      'client_assertion_issuer_wrong',
    );
  }
  const audience = [aud].flat();
  if (audience.length !== 1 || audience[0] !== config.issuer) {
    throw invalidClient(
      `client_assertion: aud must be ${config.issuer} and nothing else`,
      'client_assertion_audience_wrong',
    );
  }
  const now = clock.now();
  if (exp + SKEW_SECONDS < now) {
    throw invalidClient('client_assertion has expired', 'client_assertion_expired');
  }
  if (exp > now + MAX_LIFE_SECONDS + SKEW_SECONDS) {
    throw invalidClient(
      `client_assertion: exp must be within ${MAX_LIFE_SECONDS} seconds`,
      'client_assertion_lives_too_long',
    );
  }
  if (Math.max(nbf ?? 0, iat ?? 0) > now + SKEW_SECONDS) {
    throw invalidClient('client_assertion is not valid yet', 'client_assertion_not_yet_valid');
  }
  return parsed.data;
}
