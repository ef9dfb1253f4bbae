import type { Parameters } from '../../shared/http/body.js';
import { parseBasicCredentials } from '../../shared/oauth/basic-credentials.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { constantTimeEqual, hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { findClient } from './directory.js';

/**
 * Finds out which client calls, and has it prove that if it is confidential. A secret is taken from the header or from
 * the body, whichever of the two methods was registered: both prove the same, and clients mix them up.
 *
 * @param authorization the `Authorization` header
 * @throws OAuthError `invalid_client` (401) or `invalid_request`
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.4 OAuth 2.1 §2.4}
 */
export async function authenticateClient(
  services: Pick<Services, 'presets' | 'store'>,
  authorization: string | null,
  parameters: Parameters,
): Promise<ClientRecord> {
  const presented = presentedCredentials(authorization, parameters);
  const basic = authorization !== null;
  const client = await findClient(services, presented.id);
  if (!client) {
    throw invalidClient(
      'this client_id is not known here; the client has to register again',
      'client_unknown',
      basic,
    );
  }
  if (client.client_secret_hash === undefined) {
    if (presented.secret === undefined) return client;
    throw invalidClient('this client is public and has no secret', 'client_secret_unexpected', basic);
  }
  if (presented.secret === undefined) {
    throw invalidClient('this client has to authenticate with its secret', 'client_secret_missing', basic);
  }
  if (!constantTimeEqual(hashSecret(presented.secret), client.client_secret_hash)) {
    throw invalidClient('the client secret is wrong', 'client_secret_wrong', basic);
  }
  return client;
}

interface Presented {
  readonly id: string;
  readonly secret?: string | undefined;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 RFC 6749 §2.3}: one method in each request */
function presentedCredentials(authorization: string | null, parameters: Parameters): Presented {
  const id = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (authorization === null) {
    if (id === undefined) throw invalidClient('client_id is missing', 'client_id_missing', false);
    return { id, secret };
  }
  const credentials = parseBasicCredentials(authorization);
  if (!credentials) {
    throw invalidClient(
      'the Authorization header has no valid Basic credentials',
      'client_credentials_malformed',
      true,
    );
  }
  if (secret !== undefined) {
    throw new OAuthError('invalid_request', 'the client authenticated in two ways at once', {
      reason: 'client_authenticated_twice',
    });
  }
  if (id !== undefined && id !== credentials.id) {
    throw new OAuthError('invalid_request', 'client_id is not the one in the Authorization header', {
      reason: 'client_id_mismatch',
    });
  }
  // An empty secret is how a public client fills the header in.
  return credentials.secret === '' ? { id: credentials.id } : credentials;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 RFC 6749 §5.2}: a challenge only if the header was tried */
function invalidClient(description: string, reason: RefusalReason, basic: boolean): OAuthError {
  return new OAuthError('invalid_client', description, {
    reason,
    headers: basic ? { 'www-authenticate': 'Basic realm="mcp-oauth-demo"' } : {},
  });
}
