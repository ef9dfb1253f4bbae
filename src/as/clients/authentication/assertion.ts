import { hashSecret } from '../../../shared/secret.js';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import { checkAssertionClaims, SKEW_SECONDS } from './assertion-claims.js';
import { verifyAssertionSignature } from './assertion-signature.js';
import { invalidClient } from './invalid-client.js';

/**
 * Has a client prove who it is by a JWT that it signed with its private key. Each is good for one use.
 *
 * @throws OAuthError `invalid_client`; `temporarily_unavailable` if its keys are to be fetched and cannot be
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-3 RFC 7523 §3}
 */
export async function verifyAssertion(
  services: Services,
  client: ClientRecord,
  assertion: string,
): Promise<void> {
  const payload = await verifyAssertionSignature(services, client, assertion);
  const { jti, exp } = checkAssertionClaims(services, client, payload);
  const id = hashSecret(JSON.stringify([client.client_id, jti]));
  const record = { client_id: client.client_id };
  // Remembered beyond the last second in which it would be accepted.
  if (await services.store.add('used_assertion', id, record, exp + SKEW_SECONDS + 1)) return;
  throw invalidClient(
    'client_assertion was used before; each needs its own jti',
    'client_assertion_replayed',
  );
}
