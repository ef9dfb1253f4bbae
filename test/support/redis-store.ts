import { openStore, type Store } from '../../src/as/index.js';
import { type Clock, systemClock } from '../../src/shared/clock.js';

/** Opens a store in a Redis, as `--store` does. */
export async function openedRedis(
  url: string,
  { issuer = 'https://as.example', clock = systemClock }: { issuer?: string; clock?: Clock } = {},
): Promise<Store> {
  const { source } = await openStore({ store: url, issuer, clock });
  return typeof source === 'function' ? source() : source;
}
