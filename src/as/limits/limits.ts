import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import { createBoundedMap } from '../../shared/bounded-map.js';
import { addressBlock } from '../../shared/http/ip-address.js';
import type { Peer } from '../../shared/http/peer.js';
import { tooMany } from '../../shared/http/too-many.js';
import { windowAt } from '../../shared/http/window.js';
import { hashSecret } from '../../shared/secret.js';
import type { Store } from '../store/store.js';
import { type LimitName, LIMITS } from './table.js';

/** Of so many who are over a limit it is remembered here; of others the store is asked again. */
const REMEMBERED = 10_000;

/** Who is counted. */
export interface Counted {
  /** where the request came from; those of which that is not known are counted together */
  readonly peer: Peer | undefined;
  /** what the client calls itself; nothing of it need be proven */
  readonly clientId?: string | undefined;
}

/** The limits of the authorization server. Where they are off, nothing is counted and nobody is refused. */
export interface Limits {
  /**
   * Counts a request.
   *
   * @throws OAuthError with status 429 if there were too many before it
   */
  request(name: LimitName, who: Counted): Promise<void>;
  /**
   * Looks whether somebody has failed too often, as far as this process knows. It asks no store.
   *
   * @throws OAuthError with status 429
   */
  check(name: LimitName, who: Counted): void;
  /** Counts a failure; those that come after too many are refused by {@link check}. */
  failed(name: LimitName, who: Counted): Promise<void>;
}

/** Limits that are off. */
export const NO_LIMITS: Limits = {
  request: async () => undefined,
  check: () => undefined,
  failed: async () => undefined,
};

/**
 * Counts in the store, so that a limit holds for all servers that share it. Who is over one is remembered in this process
 * until the window ends, so that a flood costs the store nothing.
 *
 * A window begins where the clock says, and not with the first request in it, so its end is known without asking.
 */
export function createLimits({ store, clock, emit }: { store: Store; clock: Clock; emit: Emit }): Limits {
  const refusedUntil = createBoundedMap<number>(REMEMBERED);

  /** @returns in how many seconds the window ends; undefined if it is not known that there were too many in it */
  function waitOf(key: string): number | undefined {
    const until = refusedUntil.get(key);
    return until !== undefined && until > clock.now() ? until - clock.now() : undefined;
  }

  /** @returns in how many seconds the window ends, if there were more in it than `most` */
  async function count(name: LimitName, who: Counted, most: number): Promise<number | undefined> {
    const { seconds } = LIMITS[name];
    const { number, ends } = windowAt(clock.now(), seconds);
    const key = keyOf(name, who, number);
    const known = waitOf(key);
    if (known !== undefined) return known;
    const counted = await store.increment(key, seconds);
    if (counted <= most) return undefined;
    refusedUntil.set(key, ends);
    // The store counts for all servers, so just one of them sees this number.
    if (counted === most + 1) emit(reached(name, who, ends - clock.now()), 'warning');
    return ends - clock.now();
  }

  return {
    async request(name, who) {
      const wait = await count(name, who, LIMITS[name].most);
      if (wait !== undefined) throw tooMany(LIMITS[name].counts, wait);
    },
    check(name, who) {
      const wait = waitOf(keyOf(name, who, windowAt(clock.now(), LIMITS[name].seconds).number));
      if (wait !== undefined) throw tooMany(LIMITS[name].counts, wait);
    },
    async failed(name, who) {
      // The last that may fail is the one after which the next is refused, and not that one itself.
      await count(name, who, LIMITS[name].most - 1);
    },
  };
}

/** A client_id may be a long URL, and is counted by its hash. */
function keyOf(name: LimitName, { peer, clientId }: Counted, window: number): string {
  const client = clientId === undefined ? '' : `:${hashSecret(clientId)}`;
  return `rate:${name}:${window}:${addressBlock(peer?.address ?? '')}${client}`;
}

function reached(name: LimitName, { peer, clientId }: Counted, wait: number) {
  const { counts, most, seconds } = LIMITS[name];
  return {
    kind: 'rate_limit.reached' as const,
    limit: name,
    counts,
    address: addressBlock(peer?.address ?? ''),
    ...(clientId !== undefined && { client_id: clientId }),
    most,
    seconds,
    retry_after: wait,
  };
}
