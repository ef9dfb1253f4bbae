import type { TrimmedKind } from './records.js';
import type { Store } from './store.js';

/** So many pages may wait for their users at once, and so many ids of deleted clients are remembered. */
const MAX_OTHERS = 100_000;

/** Looking after how many there are costs more than writing one down, so it is done with one write of so many. */
const EVERY = 100;

/** For each kind that strangers can have made: keeps it to its cap, now and then. To be called after each write. */
export type Caps = { readonly [K in TrimmedKind]: () => Promise<void> };

/**
 * Bounds what strangers can have made, the oldest first, in any store. Each process trims by itself, with the first write
 * and every hundredth, so there may be a hundred more for each of them for a while.
 *
 * @param maxRegistrations how many clients there may be that nobody has signed in for
 */
export function createCaps(store: Pick<Store, 'trim'>, maxRegistrations: number): Caps {
  function cap(kind: TrimmedKind, keep: number): () => Promise<void> {
    let writes = 0;
    return async () => {
      if (writes % EVERY === 0) await store.trim(kind, keep);
      writes += 1;
    };
  }
  return {
    unused_client: cap('unused_client', maxRegistrations),
    deleted_client: cap('deleted_client', MAX_OTHERS),
    interaction: cap('interaction', MAX_OTHERS),
  };
}
