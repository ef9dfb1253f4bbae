import type { ExchangeSource } from '../../../src/flows/live/exchange-stream.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import type { Ticker } from '../../../src/shared/ticker.js';

/** An exchange that says little. */
export function someExchange(
  recorder: string,
  number: number,
  more: Partial<RecordedExchange> = {},
): RecordedExchange {
  return {
    recorder,
    number,
    to: 'rs',
    from: 'client',
    observed_by: 'rs',
    meaning: 'mcp',
    at: 1_795_000_000_000 + number,
    milliseconds: 1,
    request: { method: 'POST', url: 'http://localhost:8001/mcp', headers: {}, body: null },
    response: { status: 401, headers: {}, body: null, truncated: false },
    error: null,
    reason_code: null,
    brought: {},
    gave: {},
    facts: {},
    said: [],
    peer: null,
    ...more,
  };
}

/** What a process keeps of its exchanges, in a test. */
export function exchangeSource(recorder: string): ExchangeSource & {
  happens(number: number, more?: Partial<RecordedExchange>): void;
  listeners(): number;
} {
  const kept: RecordedExchange[] = [];
  const listeners = new Set<(exchange: RecordedExchange) => void>();
  return {
    recorder,
    version: '1.2.3',
    kept: () => kept,
    skipped: () => 7,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    happens(number, more) {
      const exchange = someExchange(recorder, number, more);
      kept.push(exchange);
      for (const listener of listeners) listener(exchange);
    },
    listeners: () => listeners.size,
  };
}

/** Seconds that pass when a test says so. */
export function tickerByHand(): { every: Ticker; pass(seconds: number): void; running(): number } {
  const running = new Set<() => void>();
  return {
    every(run) {
      running.add(run);
      return () => running.delete(run);
    },
    pass(seconds) {
      for (let second = 0; second < seconds; second += 1) for (const run of running) run();
    },
    running: () => running.size,
  };
}
