import type { Clock } from '../../shared/clock.js';
import { addressBlock } from '../../shared/http/ip-address.js';

/** So many wrong tokens from one address, within so many seconds, and no more are looked at. */
const MAX_WRONG = 10;
const WINDOW_SECONDS = 60;

/** Addresses that are remembered; the one that began longest ago goes first. */
const MAX_ADDRESSES = 1000;

/** Counts wrong tokens, by the address that they came from; those of one /64 of IPv6 together. */
export interface Attempts {
  /** @returns in how many seconds the next one is looked at; 0 if it is now */
  waitFor(address: string): number;
  /** Counts a wrong one. */
  wrong(address: string): void;
}

/** Starts to count. */
export function createAttempts(clock: Clock): Attempts {
  const counts = new Map<string, { readonly since: number; readonly wrong: number }>();
  const current = (block: string) => {
    const count = counts.get(block);
    const now = clock.now();
    // One from the future was counted before the clock was set back; it would count for longer than its window.
    return count && count.since <= now && now < count.since + WINDOW_SECONDS ? count : undefined;
  };
  return {
    waitFor(address) {
      const count = current(addressBlock(address));
      return count && count.wrong >= MAX_WRONG ? count.since + WINDOW_SECONDS - clock.now() : 0;
    },
    wrong(address) {
      const block = addressBlock(address);
      const { since, wrong } = current(block) ?? { since: clock.now(), wrong: 0 };
      counts.set(block, { since, wrong: wrong + 1 });
      const [oldest] = counts.keys();
      if (counts.size > MAX_ADDRESSES && oldest !== undefined) counts.delete(oldest);
    },
  };
}
