import * as z from 'zod';
import { OAuthError } from '../../shared/oauth/errors.js';
import { constantTimeEqual, hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { hasSecret } from './authentication/methods.js';
import { acceptRegistration } from './registration.js';

/** What only the server says; a client that sends one back has mistaken the answer for metadata. */
const OF_THE_SERVER = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

/** The members that say who the client is; all others are metadata. */
const IDENTITY = z.looseObject({
  client_id: z.string('client_id must be a string').optional(),
  client_secret: z.string('client_secret must be a string').optional(),
});

/** What an update comes to. */
export interface RegistrationUpdate {
  readonly updated: ClientRecord;
  /** what was asked for and left out */
  readonly dropped: readonly string[];
  /** a new one for a client that is to have one from now on, or the one that the client sent along */
  readonly client_secret?: string | undefined;
}

/**
 * Decides on an update: the same rules as for a new registration, and the client stays who it is.
 *
 * @param body the JSON object that was sent, without members that say nothing
 * @throws OAuthError `invalid_request`, `invalid_redirect_uri` or `invalid_client_metadata`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7592#section-2.2 RFC 7592 §2.2}
 */
export function updateRegistration(
  { config, capabilities, clock, random }: Pick<Services, 'config' | 'capabilities' | 'clock' | 'random'>,
  client: ClientRecord,
  body: Readonly<Record<string, unknown>>,
): RegistrationUpdate {
  const { shown, members } = checkIdentity(client, body);
  const { metadata, dropped } = acceptRegistration(members, { config, capabilities });
  const { client_secret_hash, ...kept } = client;
  const unchanged = { ...kept, updated_at: clock.now() };
  if (!hasSecret(metadata.token_endpoint_auth_method))
    return { updated: { ...unchanged, metadata }, dropped };
  if (client_secret_hash !== undefined) {
    return { updated: { ...unchanged, client_secret_hash, metadata }, dropped, client_secret: shown };
  }
  const client_secret = random.token(32);
  return {
    updated: { ...unchanged, client_secret_hash: hashSecret(client_secret), metadata },
    dropped,
    client_secret,
  };
}

/** `client_id` is sent and the client's own, a secret too if it is sent, and nothing is there that the server says. */
function checkIdentity(client: ClientRecord, body: Readonly<Record<string, unknown>>) {
  const forbidden = OF_THE_SERVER.find((member) => member in body);
  if (forbidden !== undefined) {
    throw new OAuthError('invalid_request', `${forbidden} is for the server to say, and must be left out`, {
      reason: 'registration_member_not_allowed',
    });
  }
  const parsed = IDENTITY.safeParse(body);
  if (!parsed.success) {
    throw new OAuthError('invalid_request', parsed.error.issues[0]?.message ?? 'is not valid', {
      reason: 'client_metadata_invalid',
    });
  }
  const { client_id, client_secret: shown, ...members } = parsed.data;
  if (client_id === undefined) {
    throw new OAuthError('invalid_request', 'client_id is missing', { reason: 'client_id_missing' });
  }
  if (client_id !== client.client_id) {
    throw new OAuthError('invalid_request', 'client_id is not the one of this registration', {
      reason: 'client_id_mismatch',
    });
  }
  if (shown !== undefined && !constantTimeEqual(hashSecret(shown), client.client_secret_hash ?? '')) {
    throw new OAuthError('invalid_request', 'client_secret is not the one of this registration', {
      reason: 'client_secret_wrong',
    });
  }
  return { shown, members };
}
