import { OAuthError } from '../../../shared/oauth/errors.js';
import { hashSecret } from '../../../shared/secret.js';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import { StoreFullError } from '../../store/store.js';
import { type AssertionClaims, checkAssertionClaims, SKEW_SECONDS } from './assertion-claims.js';
import { verifyAssertionSignature } from './assertion-signature.js';
import { invalidClient } from './invalid-client.js';

/**
 * Has a client prove who it is by a JWT that it signed with its private key. Each is good for one use.
 *
 * @throws OAuthError `invalid_client`; `temporarily_unavailable` if its keys cannot be fetched, or too many assertions
 *   have to be remembered
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 RFC 7523 §3}
 */
export async function verifyAssertion(
  services: Services,
  client: ClientRecord,
  assertion: string,
): Promise<void> {
  const payload = await verifyAssertionSignature(services, client, assertion);
  if (await isFirstUse(services, client, checkAssertionClaims(services, client, payload))) return;
  throw invalidClient(
    'client_assertion was used before; each needs its own jti',
    'client_assertion_replayed',
  );
}

async function isFirstUse(
  { store }: Pick<Services, 'store'>,
  { client_id }: ClientRecord,
  { jti, exp }: AssertionClaims,
): Promise<boolean> {
  const id = hashSecret(JSON.stringify([client_id, jti]));
  try {
    // Remembered beyond the last second in which it would be accepted.
    return await store.add('used_assertion', id, { client_id }, exp + SKEW_SECONDS + 1);
  } catch (thrown) {
    if (!(thrown instanceof StoreFullError)) throw thrown;
    throw new OAuthError('temporarily_unavailable', 'too many assertions were used lately; try again later', {
      reason: 'client_assertions_too_many',
      headers: { 'retry-after': '30' },
    });
  }
}
