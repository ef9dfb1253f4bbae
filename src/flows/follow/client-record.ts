import {
  CLIENT_EVIDENCE_ENDPOINT,
  clientEvidence,
  type ClientEvidence,
} from '../../shared/oauth/client-evidence.js';
import { authorizationServerMetadata } from '../../shared/oauth/metadata.js';
import { authorizationServerMetadataLocations } from '../../shared/oauth/well-known.js';
import { type LookPorts, readJson } from './authorization-servers.js';

/**
 * Asks an authorization server of ours what it knows of a client.
 *
 * @param issuer of the server
 * @returns undefined where it does not tell, or knows no such client
 */
export async function clientRecord(
  issuer: string,
  clientId: string,
  ports: LookPorts,
): Promise<ClientEvidence | undefined> {
  for (const { url } of authorizationServerMetadataLocations(issuer)) {
    const read = await readJson(url, ports);
    const metadata = 'value' in read ? authorizationServerMetadata.safeParse(read.value) : undefined;
    if (!metadata?.success) continue;
    const endpoint = URL.parse(String(metadata.data[CLIENT_EVIDENCE_ENDPOINT] ?? ''));
    // It is the server's own, or nobody's.
    if (endpoint?.origin !== new URL(issuer).origin) return undefined;
    endpoint.searchParams.set('client_id', clientId);
    const told = await readJson(endpoint.href, ports);
    const evidence = 'value' in told ? clientEvidence.safeParse(told.value) : undefined;
    return evidence?.success && evidence.data.client_id === clientId ? evidence.data : undefined;
  }
  return undefined;
}
