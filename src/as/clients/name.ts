import type { ClientRecord } from '../store/records.js';

/** What a client is called in front of a person. */
export function nameOf(client: ClientRecord): string {
  return client.metadata.client_name ?? client.client_id;
}
