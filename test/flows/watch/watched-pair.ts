import { createWatch, type WatchOptions } from '../../../src/flows/watch/create-watch.js';
import type { WatchedFlow, WatchUpdate } from '../../../src/flows/watch/watched-flow.js';
import type { Peer } from '../../../src/shared/http/peer.js';
import { recordedPair } from '../record/recorded-pair.js';

/** Our pair in this process, recorded and watched. */
export function watchedPair(
  [as, rs, documents]: Parameters<typeof recordedPair> = [],
  options: Partial<WatchOptions> = {},
) {
  const pair = recordedPair(as, rs, documents);
  const watch = createWatch({ maxFlows: 100, ...options });
  const updates: WatchUpdate[] = [];
  watch.subscribe((update) => updates.push(update));
  pair.onExchange((exchange) => watch.add(exchange));
  return {
    ...pair,
    watch,
    updates,
    /** after the last request of all flows, so much later in milliseconds */
    later: (milliseconds: number) =>
      watch.tick(Math.max(0, ...watch.flows().map(({ updatedAt }) => updatedAt)) + milliseconds),
  };
}

/** The connection of a client that has one of its own. */
export function peerOf(port: number): Peer {
  return { address: '127.0.0.1', port };
}

/** What a flow consists of, a line an exchange, in order. */
export function storyOf({ exchanges }: WatchedFlow): readonly string[] {
  return exchanges.map(
    ({ exchange, step }) => `${step}: ${exchange.meaning} ${exchange.response?.status ?? 'unanswered'}`,
  );
}
