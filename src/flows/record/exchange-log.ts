import type { RecordedExchange } from './recorded-exchange.js';

/** The exchanges that were written down last, for those who come later and want to see what was before. */
export interface ExchangeLog {
  add(exchange: RecordedExchange): void;
  /** in the order in which they were written down */
  kept(): readonly RecordedExchange[];
  /** @returns stops the telling */
  subscribe(listener: (exchange: RecordedExchange) => void): () => void;
}

/** How many characters of exchanges are kept, whatever their number: about as many bytes, as most of them are ASCII. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** What stands where something was that is kept no more. */
const NO_LONGER_KEPT = '[no longer kept]';

/** The longest URL of an exchange whose details are gone. */
const MAX_URL = 2048;

/**
 * Keeps the last exchanges. One that has to go may still be part of a flow: it stays there, without its headers and bodies,
 * so that this log is what bounds the memory of both.
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
      takeDetails(oldest.exchange);
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
    kept: () => [...kept.values()].map(({ exchange }) => exchange),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function takeDetails({ request, response }: RecordedExchange): void {
  const { 'user-agent': userAgent } = request.headers;
  // By that its client is recognised.
  request.headers = userAgent === undefined ? {} : { 'user-agent': userAgent };
  if (request.body !== null) request.body = NO_LONGER_KEPT;
  if (request.url.length > MAX_URL) request.url = request.url.split('?', 1)[0]!.slice(0, MAX_URL);
  if (response === null) return;
  response.headers = {};
  if (response.body !== null) response.body = NO_LONGER_KEPT;
}

/** About how many characters an exchange has; what every one has is not counted. */
function sizeOf({ request, response, said }: RecordedExchange): number {
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
