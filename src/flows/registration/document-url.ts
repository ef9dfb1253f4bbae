import type { AuthorizationServerMetadata } from '../../shared/oauth/metadata.js';

/**
 * Whether a client_id is meant as the URL of a Client ID Metadata Document, and the authorization server takes those.
 *
 * @param metadata of the authorization server
 */
export function isDocumentUrl(clientId: string, metadata: AuthorizationServerMetadata): boolean {
  return metadata.client_id_metadata_document_supported === true && /^https?:\/\//i.test(clientId);
}
