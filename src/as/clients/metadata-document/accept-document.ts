import { OAuthError } from '../../../shared/oauth/errors.js';
import { DocumentError } from '../../documents/document-fault.js';
import type { Services } from '../../services.js';
import type { ClientMetadata } from '../../store/records.js';
import { hasSecret } from '../authentication/methods.js';
import { acceptRegistration } from '../registration.js';

/** What a shared secret would need, and nobody can share one with a document that everybody can read. */
const FORBIDDEN = ['client_secret', 'client_secret_expires_at'];

/**
 * Decides on a metadata document: by the rules of a registration, and a few of its own.
 *
 * @param json what was fetched
 * @param clientId the URL that it was fetched from
 * @throws DocumentError
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-4.1 Client ID Metadata Document §4.1}
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#implementation-requirements MCP, implementation requirements} for `client_name`
 */
export function acceptDocument(
  json: unknown,
  clientId: string,
  services: Pick<Services, 'config' | 'capabilities'>,
): ClientMetadata {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new DocumentError('document_not_json', 'it is not a JSON object');
  }
  const document: Readonly<Record<string, unknown>> = { ...json };
  if (document['client_id'] !== clientId) throw new DocumentError('document_client_id_mismatch');
  const forbidden = FORBIDDEN.find((member) => member in document);
  if (forbidden !== undefined) throw new DocumentError('document_invalid', `${forbidden} must not be in it`);
  // The default of a registration is a secret, which there cannot be here.
  const method = document['token_endpoint_auth_method'] ?? 'none';
  if (typeof method === 'string' && hasSecret(method)) {
    throw new DocumentError(
      'document_invalid',
      'token_endpoint_auth_method: must be none or private_key_jwt',
    );
  }
  const { client_name } = document;
  if (typeof client_name !== 'string' || client_name === '') {
    throw new DocumentError('document_invalid', 'client_name: is required');
  }
  try {
    return acceptRegistration({ ...document, token_endpoint_auth_method: method }, services).metadata;
  } catch (thrown) {
    if (thrown instanceof OAuthError) throw new DocumentError('document_invalid', thrown.description);
    throw thrown;
  }
}
