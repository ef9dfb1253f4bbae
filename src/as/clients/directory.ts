import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/** The client with this id: a configured one, else one that registered itself or was adopted. */
export async function findClient(
  { presets, store }: Pick<Services, 'presets' | 'store'>,
  clientId: string,
): Promise<ClientRecord | undefined> {
  return presets.get(clientId) ?? (await store.get('client', clientId));
}
