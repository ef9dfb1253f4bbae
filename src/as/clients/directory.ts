import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { NEVER } from '../store/store.js';

/** The client with this id: a configured one, else one that registered itself or was adopted. */
export async function findClient(
  { presets, store }: Pick<Services, 'presets' | 'store'>,
  clientId: string,
): Promise<ClientRecord | undefined> {
  return (
    presets.get(clientId) ??
    (await store.get('client', clientId)) ??
    (await store.get('unused_client', clientId))
  );
}

/**
 * Takes a client in that registered itself or was adopted.
 *
 * @returns false if there is one with this id already
 */
export async function addClient({ store }: Pick<Services, 'store'>, client: ClientRecord): Promise<boolean> {
  return store.add('unused_client', client.client_id, client, NEVER);
}

/**
 * Moves a client to those that are used. A bounded store lets the oldest go, and a flood of registrations must not
 * push out a client that somebody has signed in for.
 */
export async function keepUsedClient(
  { store }: Pick<Services, 'store'>,
  client: ClientRecord,
): Promise<void> {
  if (client.origin === 'preset') return;
  await store.put('client', client.client_id, client, NEVER);
  await store.take('unused_client', client.client_id);
}
