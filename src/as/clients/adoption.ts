import type { Parameters } from '../../shared/http/body.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { isUrl } from './metadata-document/document-url.js';
import { isOpenToAnyClient } from './redirect-uris.js';

/** Why an unknown client is not taken in. */
export type AdoptionFault =
  'client_unknown' | 'client_id_is_url' | 'adoption_needs_pkce' | 'adoption_needs_loopback_redirect_uri';

/**
 * Whether an unknown client may be taken in: in demo mode, unless that is switched off, if its request has PKCE and
 * leads back to this machine or to a known editor. Such a client could have registered the same way, so nothing is
 * given away that POST /register does not give. The URL of a metadata document names a client that is described
 * elsewhere, and is never adopted.
 *
 * @returns undefined if it may
 */
export function adoptionFault(
  { config }: Pick<Services, 'config'>,
  parameters: Parameters,
): AdoptionFault | undefined {
  if (isUrl(parameters.get('client_id') ?? '')) return 'client_id_is_url';
  // Which it is outside demo mode, always.
  if (config.unknownClients === 'reject') return 'client_unknown';
  if (parameters.get('code_challenge') === undefined) return 'adoption_needs_pkce';
  const redirectUri = parameters.get('redirect_uri');
  if (redirectUri === undefined || !isOpenToAnyClient(redirectUri))
    return 'adoption_needs_loopback_redirect_uri';
  return undefined;
}

/**
 * What an adopted client is: public, as the walkthrough's server made it. Its redirect URIs are not pinned to the first
 * one, because the same client comes back over another port or over its editor's URL.
 *
 * @param now in seconds since the epoch
 */
export function adoptedClient(clientId: string, now: number): ClientRecord {
  return {
    client_id: clientId,
    origin: 'adopted',
    created_at: now,
    metadata: {
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
  };
}
