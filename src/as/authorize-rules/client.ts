import type { Parameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { adoptedClient, adoptionFault } from '../clients/adoption.js';
import { isClientId } from '../../shared/oauth/client-id.js';
import { findClient, hasDeletedItself } from '../clients/directory.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/** The client of an authorization request. */
export interface FoundClient {
  readonly client: ClientRecord;
  /** true if it was unknown; it is stored only when the whole request has passed */
  readonly adopted: boolean;
}

/**
 * `client_id` names a client that is known, or one that may be adopted.
 *
 * @throws OAuthError `invalid_request`, or `invalid_client` for an unknown one; both must be shown on a page
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 RFC 6749 §4.1.2.1}
 */
export async function checkClient(services: Services, parameters: Parameters): Promise<FoundClient> {
  const clientId = parameters.get('client_id');
  if (clientId === undefined) {
    throw new OAuthError('invalid_request', 'client_id is missing', { reason: 'client_id_missing' });
  }
  if (!isClientId(clientId)) {
    throw new OAuthError('invalid_request', 'client_id must be printable ASCII, and not endless', {
      reason: 'client_id_malformed',
    });
  }
  const known = await findClient(services, clientId, 'asking');
  if (known) return { client: known, adopted: false };
  const deleted = await hasDeletedItself(services, clientId);
  const reason = deleted ? 'client_deleted' : adoptionFault(services, parameters);
  if (reason !== undefined) {
    throw new OAuthError('invalid_client', 'this client_id is not known here', { status: 400, reason });
  }
  return { client: adoptedClient(clientId, services.clock.now()), adopted: true };
}
