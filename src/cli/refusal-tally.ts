import { addressBlock } from '../shared/http/ip-address.js';
import type { Emit } from '../shared/events/emitter.js';
import type { ListenerRefused } from '../shared/events/http.js';
import type { Ticker } from '../shared/ticker.js';

/** What a listener has refused itself, so that no server saw it. */
export interface ListenerRefusal extends Pick<ListenerRefused, 'reason' | 'status'> {
  /** of the client; undefined where it is not known any more */
  readonly address: string | undefined;
}

/** Takes each of them. */
export type OnListenerRefusal = (refusal: ListenerRefusal) => void;

/** Tells of what a listener refuses, in a bounded number of events. */
export interface RefusalTally {
  readonly add: OnListenerRefusal;
  /** Tells what is not told yet. */
  close(): void;
}

/** The events of so many seconds are told together, but for the first of each kind. */
const PERIOD_SECONDS = 10;

/** So many addresses, each with a reason, are told of by themselves in that time; all others together. */
const MAX_SOURCES = 20;

/**
 * Starts to count. The first refusal of an address for a reason is told at once, and how many came behind it when the
 * period ends, so that whoever sends nothing but such requests fills no log; the counts of all events add up to the
 * number of refusals.
 */
export function createRefusalTally(emit: Emit, ticker: Ticker): RefusalTally {
  const counts = new Map<string, { readonly refusal: ListenerRefusal; more: number }>();
  let sources = 0;
  let seconds = 0;

  function tell(refusal: ListenerRefusal, count: number, within?: number): void {
    const { address = '', reason, status } = refusal;
    const event = { kind: 'listener.refused' as const, address, reason, count };
    emit(
      { ...event, ...(status !== undefined && { status }), ...(within !== undefined && { seconds: within }) },
      // Browsers open connections that they may never need.
      reason === 'request_absent' ? 'debug' : 'warning',
    );
  }

  function flush(): void {
    for (const { refusal, more } of counts.values()) if (more > 0) tell(refusal, more, Math.max(1, seconds));
    counts.clear();
    sources = 0;
    seconds = 0;
  }

  const stop = ticker(() => {
    if (counts.size === 0) return;
    seconds += 1;
    if (seconds >= PERIOD_SECONDS) flush();
  });

  return {
    add({ address, reason, status }) {
      const own = keyOf(addressBlock(address ?? ''), reason, status);
      const isOwn = counts.has(own) || sources < MAX_SOURCES;
      const source = isOwn ? addressBlock(address ?? '') : '';
      const key = isOwn ? own : keyOf('', reason, status);
      const counted = counts.get(key);
      if (counted) {
        counted.more += 1;
        return;
      }
      const refusal = { address: source, reason, status };
      counts.set(key, { refusal, more: isOwn ? 0 : 1 });
      if (!isOwn) return;
      sources += 1;
      tell(refusal, 1);
    },
    close() {
      stop();
      flush();
    },
  };
}

function keyOf(source: string, reason: string, status: number | undefined): string {
  return `${source} ${reason} ${status ?? ''}`;
}
