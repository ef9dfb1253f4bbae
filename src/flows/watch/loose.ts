import type { RecordedExchange } from '../record/recorded-exchange.js';

/** So long may an exchange be ahead of the one that shows whose it is, in milliseconds. */
const LIFETIME = 60_000;
const MOST_OF_ONE = 100;

/** Exchanges of which it is not yet known whose they are. */
export interface Loose {
  /** @param key by which it will be asked for */
  hold(key: string, exchange: RecordedExchange): void;
  /** takes out those that are wanted, the oldest first */
  take(key: string, at: number, wanted: (exchange: RecordedExchange) => boolean): readonly RecordedExchange[];
}

/** Holds exchanges for a while. @param most how many, of all */
export function createLoose(most: number): Loose {
  /** the key that was used last is the last one */
  const held = new Map<string, readonly RecordedExchange[]>();
  let count = 0;

  function set(key: string, exchanges: readonly RecordedExchange[]): void {
    count += exchanges.length - (held.get(key)?.length ?? 0);
    held.delete(key);
    if (exchanges.length > 0) held.set(key, exchanges);
  }

  return {
    hold(key, exchange) {
      set(key, [...(held.get(key) ?? []), exchange].slice(-MOST_OF_ONE));
      while (count > most) set(held.keys().next().value!, []);
    },
    take(key, at, wanted) {
      const all = held.get(key);
      if (!all) return [];
      const fresh = all.filter((exchange) => Math.abs(at - exchange.at) <= LIFETIME);
      const taken = fresh.filter(wanted);
      set(
        key,
        fresh.filter((exchange) => !taken.includes(exchange)),
      );
      return taken;
    },
  };
}
