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
    const description = 'the registration access token is missing';
    throw refusal('invalid_token', description, 'registration_token_missing', challenge());
  }
  if (presented.kind === 'malformed') {
    const { description, reason } = presented;
    throw refusal('invalid_request', description, reason, challenge('invalid_request', description));
  }
  const { token } = presented;
  const client = await findStoredClient(services, clientId);
  const expected = client?.registration_access_token_hash;
  if (client && expected !== undefined && constantTimeEqual(hashSecret(token), expected)) {
    return { client, token };
  }
  const description = 'the registration access token is not valid for this client';
  throw refusal(
    'invalid_token',
    description,
    'registration_token_wrong',
    challenge('invalid_token', description),
  );
}

/** Who sent no token at all is told no error: the request only has to be made with one. */
function challenge(error?: string, error_description?: string): string {
  return buildBearerChallenge({ realm: REALM, error, error_description });
}

function refusal(
  error: 'invalid_request' | 'invalid_token',
  description: string,
  reason: RefusalReason,
  wwwAuthenticate: string,
): OAuthError {
  return new OAuthError(error, description, { reason, headers: { 'www-authenticate': wwwAuthenticate } });
}
