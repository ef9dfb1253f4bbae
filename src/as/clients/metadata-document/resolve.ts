import { OAuthError } from '../../../shared/oauth/errors.js';
import { DocumentError } from '../../documents/document-fault.js';
import type { Services } from '../../services.js';
import type { ClientMetadata, ClientRecord } from '../../store/records.js';
import { acceptDocument } from './accept-document.js';
import { documentUrlFault, isTrusted } from './document-url.js';

const WHAT = 'the metadata document of this client';

/**
 * The client that a metadata document describes.
 *
 * @param clientId a URL
 * @param mayBeStale whether the document as it was read last may stand in while its host cannot be asked
 * @returns undefined where such documents are not read
 * @throws OAuthError `invalid_client`; `temporarily_unavailable` for what may pass by itself
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-4 Client ID Metadata Document §4}
 */
export async function resolveDocument(
  services: Services,
  clientId: string,
  mayBeStale: boolean,
): Promise<ClientRecord | undefined> {
  const { config, capabilities, documents, emit } = services;
  if (!documents || !capabilities.registration.has('cimd')) return undefined;
  const fault = documentUrlFault(clientId, config);
  if (fault !== undefined) {
    throw new OAuthError('invalid_client', `the URL that is the client_id ${fault}`, {
      reason: 'client_id_url_invalid',
    });
  }
  try {
    if (!isTrusted(clientId, config)) throw new DocumentError('document_host_not_trusted');
    const parse = (json: unknown) => acceptDocument(json, clientId, services);
    const {
      value: metadata,
      readAt,
      from,
      fault: reason,
    } = await documents.read(clientId, { parse, mayBeStale });
    if (from === 'host') tellRead(services, clientId, metadata);
    if (reason !== undefined) {
      emit({ kind: 'client.document_stale', client_id: clientId, reason, read_at: readAt }, 'warning');
    }
    return { client_id: clientId, origin: 'cimd', created_at: readAt, metadata };
  } catch (thrown) {
    throw thrown instanceof DocumentError ? thrown.toOAuthError(WHAT) : thrown;
  }
}

function tellRead({ emit }: Services, clientId: string, metadata: ClientMetadata): void {
  const { client_name = '', redirect_uris = [], token_endpoint_auth_method } = metadata;
  emit({
    kind: 'client.document_read',
    client_id: clientId,
    client_name,
    redirect_uris,
    token_endpoint_auth_method,
    ...(URL.parse(clientId)?.protocol !== 'https:' && { outside_the_draft: true as const }),
  });
}
