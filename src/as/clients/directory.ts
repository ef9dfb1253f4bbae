import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { isUrl } from './metadata-document/document-url.js';
import { resolveDocument } from './metadata-document/resolve.js';
import { NEVER } from '../store/store.js';

/** So long, in seconds, a client may take until somebody signs in for it: then it is as unknown as it was before. */
const UNUSED_SECONDS = 30 * 86_400;

/** So long, in seconds, the id of a deleted client is told apart from one that never was. */
const DELETED_SECONDS = 30 * 86_400;

/**
 * The client with this id: a configured one, else one that its metadata document describes, else one that registered
 * itself or was adopted.
 *
 * @param moment `asking` for an authorization request, which a document must be read for; at any other moment the one
 *   that was read last may stand in while its host cannot be asked, so that a short outage ends no session
 * @throws OAuthError if there should be a document and it cannot be used
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, client registration} for the order
 */
export async function findClient(
  services: Services,
  clientId: string,
  moment: 'asking' | 'later' = 'later',
): Promise<ClientRecord | undefined> {
  const preset = services.presets.get(clientId);
  if (preset) return preset;
  return isUrl(clientId)
    ? resolveDocument(services, clientId, moment === 'later')
    : findStoredClient(services, clientId);
}

/** The client with this id, if it registered itself or was adopted. */
export async function findStoredClient(
  { store }: Pick<Services, 'store'>,
  clientId: string,
): Promise<ClientRecord | undefined> {
  return (
    (await store.get('client', clientId)) ??
    (await store.get('unused_client', clientId)) ??
    // It may have been moved from there to here between the two looks.
    (await store.get('client', clientId))
  );
}

/**
 * Takes a client in that registered itself or was adopted. One that was forgotten may come back like this. Anybody can do
 * this as often as they like, so what nobody ever signs in for ends after a while, and of too many the oldest do.
 *
 * @returns false if there is one with this id already
 */
export async function addClient(
  { store, caps }: Pick<Services, 'store' | 'caps'>,
  client: ClientRecord,
): Promise<boolean> {
  const gone = await store.get('deleted_client', client.client_id);
  if (gone?.forgotten) await store.take('deleted_client', client.client_id);
  const added = await store.add('unused_client', client.client_id, client, unusedUntil(client));
  if (added) await caps.unused_client();
  return added;
}

/** Counted from the registration, whatever becomes of it meanwhile. */
function unusedUntil({ created_at }: ClientRecord): number {
  return created_at + UNUSED_SECONDS;
}

/**
 * Moves a client to those that are used. A bounded store lets the oldest go, and a flood of registrations must not
 * push out a client that somebody has signed in for. The client can be found at any moment of the move, what is updated
 * meanwhile is not lost, and what is deleted meanwhile does not come back.
 */
export async function keepUsedClient(
  { store }: Pick<Services, 'store'>,
  client: ClientRecord,
): Promise<void> {
  // These two are known from elsewhere.
  if (client.origin === 'preset' || client.origin === 'cimd') return;
  const { client_id } = client;
  if (await store.add('client', client_id, client, NEVER)) {
    const value = await store.take('unused_client', client_id);
    if (value) await store.replace('client', client_id, { expected: client, value, expires_at: NEVER });
  } else {
    // Written anew as it is, so that it counts as the newest.
    const known = await store.get('client', client_id);
    if (known) await store.replace('client', client_id, { expected: known, value: known, expires_at: NEVER });
  }
  if (await isDeleted({ store }, client_id)) await takeClient({ store }, client_id);
}

/**
 * Writes a changed registration down.
 *
 * @returns false if it is not what was expected any more: changed or deleted meanwhile
 */
export async function replaceClient(
  { store }: Pick<Services, 'store'>,
  expected: ClientRecord,
  value: ClientRecord,
): Promise<boolean> {
  const change = { expected, value };
  return (
    (await store.replace('client', value.client_id, { ...change, expires_at: NEVER })) ||
    (await store.replace('unused_client', value.client_id, { ...change, expires_at: unusedUntil(value) }))
  );
}

/**
 * Deletes a client that registered itself. Its id is remembered, so that nothing that was under way brings it back and
 * nobody is adopted by it.
 *
 * @returns false if it was deleted before
 */
export async function deleteClient(
  { store, clock, caps }: Pick<Services, 'store' | 'clock' | 'caps'>,
  clientId: string,
): Promise<boolean> {
  const now = clock.now();
  const first = await store.add('deleted_client', clientId, { deleted_at: now }, now + DELETED_SECONDS);
  if (first) await caps.deleted_client();
  await takeClient({ store }, clientId);
  return first;
}

/**
 * Deletes a client as if it had never been here: what is done about unknown clients is done about it when it comes again,
 * and it may be told to register once more. Nothing that was under way brings it back until then.
 *
 * @returns false if it was deleted before
 */
export async function forgetClient(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  clientId: string,
): Promise<boolean> {
  const now = clock.now();
  const gone = { deleted_at: now, forgotten: true } as const;
  const first = await store.add('deleted_client', clientId, gone, now + DELETED_SECONDS);
  await takeClient({ store }, clientId);
  await store.take('told_to_register', clientId);
  return first;
}

/** Takes all that is kept of a client out of the store. */
async function takeClient({ store }: Pick<Services, 'store'>, clientId: string): Promise<void> {
  await store.take('unused_client', clientId);
  await store.take('client', clientId);
  await store.take('client_usage', clientId);
}

/** Whether there was a client with this id that has been deleted, or was forgotten and has not come again. */
export async function isDeleted({ store }: Pick<Services, 'store'>, clientId: string): Promise<boolean> {
  return (await store.get('deleted_client', clientId)) !== undefined;
}

/** Whether the client with this id has deleted itself, so that the id stays refused. */
export async function hasDeletedItself(
  { store }: Pick<Services, 'store'>,
  clientId: string,
): Promise<boolean> {
  const gone = await store.get('deleted_client', clientId);
  return gone !== undefined && !gone.forgotten;
}
