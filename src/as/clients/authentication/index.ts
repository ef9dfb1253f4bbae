import type { Parameters } from '../../../shared/http/body.js';
import { constantTimeEqual, hashSecret } from '../../../shared/secret.js';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import { findClient } from '../directory.js';
import { verifyAssertion } from './assertion.js';
import { invalidClient } from './invalid-client.js';
import { presentedBy, type Presented } from './presented.js';

/**
 * Finds out which client calls, and has it prove that if it is confidential, by the means that it is registered with.
 * Only whether a secret is in the header or in the body makes no difference: both prove the same, and clients mix
 * them up.
 *
 * @param authorization the `Authorization` header
 * @throws OAuthError `invalid_client` (401) or `invalid_request`
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.4 OAuth 2.1 §2.4}
 */
export async function authenticateClient(
  services: Services,
  authorization: string | null,
  parameters: Parameters,
): Promise<ClientRecord> {
  const presented = presentedBy(authorization, parameters);
  const client = await findClient(services, presented.id);
  if (!client) {
    throw invalidClient(
      'this client_id is not known here; the client has to register again',
      'client_unknown',
      presented.basic,
    );
  }
  if (client.metadata.token_endpoint_auth_method === 'private_key_jwt') {
    await checkAssertion(services, client, presented);
  } else if (presented.kind === 'assertion') {
    throw invalidClient(
      'this client is not registered for private_key_jwt, and is not known by its keys',
      'client_assertion_unexpected',
    );
  } else checkSecret(client, presented);
  return client;
}

async function checkAssertion(services: Services, client: ClientRecord, presented: Presented): Promise<void> {
  if (presented.kind === 'assertion') return verifyAssertion(services, client, presented.assertion);
  throw invalidClient(
    'this client has to authenticate with a client_assertion (private_key_jwt)',
    'client_assertion_missing',
    presented.basic,
  );
}

function checkSecret(client: ClientRecord, presented: Exclude<Presented, { kind: 'assertion' }>): void {
  const { basic } = presented;
  if (client.client_secret_hash === undefined) {
    if (presented.kind === 'none') return;
    throw invalidClient('this client is public and has no secret', 'client_secret_unexpected', basic);
  }
  if (presented.kind === 'none') {
    throw invalidClient('this client has to authenticate with its secret', 'client_secret_missing', basic);
  }
  if (!constantTimeEqual(hashSecret(presented.secret), client.client_secret_hash)) {
    throw invalidClient('the client secret is wrong', 'client_secret_wrong', basic);
  }
}
