import { readBearerToken } from '../../shared/oauth/bearer-token.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { buildBearerChallenge } from '../../shared/oauth/www-authenticate.js';
import { constantTimeEqual, hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { findStoredClient } from './directory.js';

const REALM = 'mcp-oauth-demo registration';

/** A client that has proved that the registration is its own. */
export interface RegistrationAccess {
  readonly client: ClientRecord;
  /** as it was presented */
  readonly token: string;
}

/**
 * Lets a client to its own registration, with the token that it got when it registered. Whether the token is wrong or
 * there is no such client (any more) is not told, so nobody can find out here which ids exist.
 *
 * @throws OAuthError `invalid_token` (401), or `invalid_request` for a malformed header
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2 RFC 7592 §2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-3 RFC 6750 §3}
 */
export async function accessRegistration(
  services: Pick<Services, 'store'>,
  request: Request,
  clientId: string,
): Promise<RegistrationAccess> {
  const presented = readBearerToken(request);
  if (presented.kind === 'none') {
    throw refusal('the registration access token is missing', 'registration_token_missing', {});
  }
  if (presented.kind === 'malformed') {
    throw new OAuthError('invalid_request', presented.description, { reason: presented.reason });
  }
  const { token } = presented;
  const client = await findStoredClient(services, clientId);
  const expected = client?.registration_access_token_hash;
  if (client && expected !== undefined && constantTimeEqual(hashSecret(token), expected)) {
    return { client, token };
  }
  const description = 'the registration access token is not valid for this client';
  throw refusal(description, 'registration_token_wrong', {
    error: 'invalid_token',
    error_description: description,
  });
}

function refusal(
  description: string,
  reason: RefusalReason,
  told: Readonly<Record<string, string>>,
): OAuthError {
  return new OAuthError('invalid_token', description, {
    reason,
    headers: { 'www-authenticate': buildBearerChallenge({ realm: REALM, ...told }) },
  });
}
