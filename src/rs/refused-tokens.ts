import { createBoundedMap } from '../shared/bounded-map.js';
import type { Clock } from '../shared/clock.js';
import type { Emit } from '../shared/events/emitter.js';
import { addressBlock } from '../shared/http/ip-address.js';
import type { Peer } from '../shared/http/peer.js';
import { tooMany } from '../shared/http/too-many.js';
import { windowAt } from '../shared/http/window.js';

/** So many tokens that are no good may come from one address within so many seconds. */
const MAX_REFUSED = 120;
const WINDOW_SECONDS = 60;

/** So many addresses are counted, and of so many good tokens it is remembered that they were. */
const MAX_ADDRESSES = 10_000;
const MAX_TOKENS = 10_000;

/**
 * Counts tokens that are no good. For each of them the authorization server may be asked, and it does not limit this
 * server, so whoever sends them at random is stopped here.
 */
export interface RefusedTokens {
  /**
   * Lets a token pass that was good before, whatever comes from its address otherwise.
   *
   * @param hash of the token
   * @throws OAuthError with status 429 if too many came from there that were no good
   */
  check(peer: Peer | undefined, hash: string): void;
  /** Remembers a good one. */
  accepted(hash: string): void;
  /** Counts one that is no good, or not any more. */
  refused(peer: Peer | undefined, hash: string): void;
}

/** Counts nothing. */
export const ANY_NUMBER: RefusedTokens = {
  check: () => undefined,
  accepted: () => undefined,
  refused: () => undefined,
};

/** Starts to count, in this process. */
export function createRefusedTokens({ clock, emit }: { clock: Clock; emit: Emit }): RefusedTokens {
  const counts = createBoundedMap<number>(MAX_ADDRESSES);
  const good = createBoundedMap<true>(MAX_TOKENS);
  const keyOf = (peer: Peer | undefined): string =>
    `${windowAt(clock.now(), WINDOW_SECONDS).number} ${addressBlock(peer?.address ?? '')}`;
  const wait = (): number => windowAt(clock.now(), WINDOW_SECONDS).ends - clock.now();

  return {
    check(peer, hash) {
      if ((counts.get(keyOf(peer)) ?? 0) < MAX_REFUSED || good.get(hash)) return;
      throw tooMany('bad tokens', wait());
    },
    accepted: (hash) => good.set(hash, true),
    refused(peer, hash) {
      good.delete(hash);
      const count = (counts.get(keyOf(peer)) ?? 0) + 1;
      counts.set(keyOf(peer), count);
      if (count !== MAX_REFUSED) return;
      emit(
        {
          kind: 'rate_limit.reached',
          limit: 'refused_tokens',
          counts: 'tokens that were no good',
          address: addressBlock(peer?.address ?? ''),
          most: MAX_REFUSED,
          seconds: WINDOW_SECONDS,
          retry_after: wait(),
        },
        'warning',
      );
    },
  };
}
