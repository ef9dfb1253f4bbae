import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { WatchedClient, WatchedFlow, WatchUpdate } from './watched-flow.js';

/** Puts exchanges together to flows, of as many clients as there are. It keeps a bounded number of them. */
export interface Watch {
  /**
   * Takes an exchange in, from whichever server; one that came before is let by. Those of one recorder come about in the
   * order of their ends. Where two recorders have a history, hand it over merged by the time of the requests: what is a few
   * seconds late finds its flow, and what is minutes late may not.
   */
  add(exchange: RecordedExchange): void;
  /** Lets flows end with which nobody goes on; to be called about once a second. @param now milliseconds since the epoch */
  tick(now: number): void;
  /** the newest first */
  flows(): readonly WatchedFlow[];
  flow(id: string): WatchedFlow | undefined;
  /** the one seen last first */
  clients(): readonly WatchedClient[];
  /** @returns stops the telling */
  subscribe(listener: (update: WatchUpdate) => void): () => void;
}
