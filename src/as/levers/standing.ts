import { hasDeletedItself, findStoredClient } from '../clients/directory.js';
import { isUrl } from '../clients/metadata-document/document-url.js';
import type { Services } from '../services.js';

/** What a client is to this server at the moment; a stored one registered itself or was adopted. */
export type Standing = 'preset' | 'cimd' | 'stored' | 'deleted' | 'unknown';

/** Finds out what a client is, without asking the host of its metadata document. */
export async function standingOf(
  services: Pick<Services, 'presets' | 'capabilities' | 'store'>,
  clientId: string,
): Promise<Standing> {
  if (services.presets.has(clientId)) return 'preset';
  if (isUrl(clientId)) return services.capabilities.registration.has('cimd') ? 'cimd' : 'unknown';
  if (await findStoredClient(services, clientId)) return 'stored';
  return (await hasDeletedItself(services, clientId)) ? 'deleted' : 'unknown';
}
