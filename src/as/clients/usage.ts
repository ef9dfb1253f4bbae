import type { ClientUsageRecord } from '../store/records.js';
import type { Services } from '../services.js';
import { NEVER } from '../store/store.js';

/** How often a client came to the end of a flow; undefined for one that never did. */
export function usageOf(
  { store }: Pick<Services, 'store'>,
  clientId: string,
): Promise<ClientUsageRecord | undefined> {
  return store.get('client_usage', clientId);
}

/**
 * Counts a redeemed code.
 *
 * @returns how many codes have been redeemed with this client_id, this one included
 */
export async function recordFlow(
  { store, clock }: Pick<Services, 'store' | 'clock'>,
  clientId: string,
): Promise<number> {
  for (;;) {
    const expected = await store.get('client_usage', clientId);
    const value = { flows: (expected?.flows ?? 0) + 1, last_used_at: clock.now() };
    const written = expected
      ? await store.replace('client_usage', clientId, { expected, value, expires_at: NEVER })
      : await store.add('client_usage', clientId, value, NEVER);
    if (written) return value.flows;
  }
}
