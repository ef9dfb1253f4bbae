import type { Clock } from '../../shared/clock.js';
import type { Ticker } from '../../shared/ticker.js';
import type { AcceptedToken } from '../verifiers/token-verifier.js';

/** What becomes of something that is open when the token that it hangs on is no good any more. */
export interface LeaseEnds {
  /** the token's `exp` has come */
  expired(): void;
  /** the token was refused before its `exp`: it was revoked */
  refused(): void;
}

/** Something that is open for as long as a token is good. */
export interface Lease {
  /** From now on it hangs on this token: the last that was used for it. */
  renew(accepted: AcceptedToken): void;
  /** It is over. */
  release(): void;
}

/**
 * What is open beyond the request that opened it, and the token that each hangs on. That a token has expired is noticed
 * within a second; that it was revoked, only when somebody sends it once more.
 */
export interface TokenLeases {
  hold(accepted: AcceptedToken, ends: LeaseEnds): Lease;
  /**
   * Serves a request with this token. If the token is refused to somebody else meanwhile, what the request has opened
   * ends with the rest.
   */
  during<T>(accepted: AcceptedToken, serve: () => Promise<T>): Promise<T>;
  /** @param hash of a token that was not accepted */
  tokenRefused(hash: string): void;
  /** Watches no longer; ends nothing. */
  close(): void;
}

interface Entry {
  readonly ends: LeaseEnds;
  accepted: AcceptedToken;
  hasExpired: boolean;
}

/** @param ports the ticker says when to look for what has expired */
export function createTokenLeases({ clock, ticker }: { clock: Clock; ticker: Ticker }): TokenLeases {
  const byToken = new Map<string, Set<Entry>>();

  function put(entry: Entry): void {
    const { hash } = entry.accepted;
    byToken.set(hash, (byToken.get(hash) ?? new Set()).add(entry));
  }

  /** @returns whether it was there */
  function remove(entry: Entry): boolean {
    const entries = byToken.get(entry.accepted.hash);
    const wasThere = entries?.delete(entry) ?? false;
    if (entries?.size === 0) byToken.delete(entry.accepted.hash);
    return wasThere;
  }

  function expire(entry: Entry): void {
    const { exp } = entry.accepted.token;
    if (entry.hasExpired || exp === undefined || exp > clock.now()) return;
    entry.hasExpired = true;
    entry.ends.expired();
  }

  const stop = ticker(() => {
    for (const entry of [...byToken.values()].flatMap((entries) => [...entries])) expire(entry);
  });

  function hold(accepted: AcceptedToken, ends: LeaseEnds): Lease {
    const entry: Entry = { ends, accepted, hasExpired: false };
    put(entry);
    return {
      renew(next) {
        if (!remove(entry)) return;
        entry.accepted = next;
        entry.hasExpired = false;
        put(entry);
      },
      release() {
        remove(entry);
      },
    };
  }

  function tokenRefused(hash: string): void {
    for (const entry of byToken.get(hash) ?? []) {
      expire(entry);
      if (!entry.hasExpired) entry.ends.refused();
    }
  }

  return {
    hold,
    async during(accepted, serve) {
      let wasRefused = false;
      const lease = hold(accepted, { expired() {}, refused: () => (wasRefused = true) });
      try {
        return await serve();
      } finally {
        lease.release();
        if (wasRefused) tokenRefused(accepted.hash);
      }
    },
    tokenRefused,
    close: stop,
  };
}
