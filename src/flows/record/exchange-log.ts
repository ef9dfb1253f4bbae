import type { RecordedExchange } from './recorded-exchange.js';

/** The exchanges that were written down last, for those who come later and want to see what was before. */
export interface ExchangeLog {
  add(exchange: RecordedExchange): void;
  /**
   * In the order in which they were written down.
   *
   * @param after the number of an exchange: only those that were written down after it, or all where it is kept no more
   */
  kept(after?: number): readonly RecordedExchange[];
  /** @returns stops the telling */
  subscribe(listener: (exchange: RecordedExchange) => void): () => void;
}

/** How many characters of exchanges are kept, whatever their number: about as many bytes, as most of them are ASCII. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Keeps the last exchanges.
 *
 * @param maxExchanges how many
 */
export function createExchangeLog(maxExchanges: number): ExchangeLog {
  const kept = new Map<number, { readonly exchange: RecordedExchange; readonly characters: number }>();
  const listeners = new Set<(exchange: RecordedExchange) => void>();
  let characters = 0;

  function makeRoom(): void {
    for (const [number, oldest] of kept) {
      if (kept.size <= maxExchanges && characters <= MAX_CHARACTERS) return;
      kept.delete(number);
      characters -= oldest.characters;
    }
  }

  return {
    add(exchange) {
      const size = sizeOf(exchange);
      kept.set(exchange.number, { exchange, characters: size });
      characters += size;
      makeRoom();
      listeners.forEach((listener) => listener(exchange));
    },
    kept(after) {
      const all = [...kept.values()].map(({ exchange }) => exchange);
      if (after === undefined || !kept.has(after)) return all;
      return all.slice(all.findIndex(({ number }) => number === after) + 1);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** About how many characters an exchange has; what every one has is not counted. */
export function sizeOf({ request, response, said }: RecordedExchange): number {
  return (
    request.url.length +
    lengthOf(request.headers) +
    lengthOf(request.body) +
    lengthOf(response?.headers) +
    lengthOf(response?.body) +
    lengthOf(said)
  );
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.entries(value).reduce((sum, [name, inner]) => sum + name.length + lengthOf(inner), 0);
}
