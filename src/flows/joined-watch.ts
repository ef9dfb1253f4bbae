import type { Ticker } from '../shared/ticker.js';
import type { ExchangeLog } from './record/exchange-log.js';
import type { RecordedExchange } from './record/recorded-exchange.js';
import type { Watch } from './watch/watch.js';
import type { ExchangeFeed } from './watching.js';

/** So many seconds whoever looks waits for what another server has to tell of before. */
const PATIENCE_SECONDS = 2;

/** Where the exchanges of a watch come from. */
export interface WatchSources {
  /** of this process */
  readonly log: Pick<ExchangeLog, 'kept' | 'subscribe'>;
  /** of a server in another process; undefined for none */
  readonly feed: ExchangeFeed | undefined;
  readonly ticker: Ticker;
  /** ends the feed */
  readonly signal: AbortSignal;
}

/**
 * Lets a watch take in what was recorded before, of both processes and in the order of time, and from then on what comes.
 */
export async function fillWatch(watch: Watch, { log, feed, ticker, signal }: WatchSources): Promise<void> {
  const past = feed === undefined ? [] : await pastOf(feed, watch, ticker, signal);
  const all =
    past.length === 0 ? log.kept() : [...past, ...log.kept()].toSorted((one, other) => one.at - other.at);
  all.forEach(watch.add);
  log.subscribe(watch.add);
}

/** @returns what was there before; what comes later, or too late, goes to the watch */
function pastOf(
  feed: ExchangeFeed,
  watch: Watch,
  ticker: Ticker,
  signal: AbortSignal,
): Promise<readonly RecordedExchange[]> {
  return new Promise((resolve) => {
    const past: RecordedExchange[] = [];
    let isOver = false;
    let seconds = 0;
    const stop = ticker(() => {
      seconds += 1;
      if (seconds >= PATIENCE_SECONDS) over();
    });
    function over(): void {
      stop();
      isOver = true;
      resolve(past);
    }
    void feed((told) => {
      if (told.type === 'ready') over();
      if (told.type !== 'exchange') return;
      if (isOver) watch.add(told.exchange);
      else past.push(told.exchange);
    }, signal).then(over, over);
  });
}
