import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenPort } from './listen.js';

/** How long, in milliseconds, what one server was asked may take to be answered; what is not is cut off. */
const ANSWERED_WITHIN = 10_000;

/** A server, and where it listens. */
export interface Served {
  readonly app: {
    /** Says that it is about to stop; answers as before. */
    stop(): void;
    /** Ends what has no end of its own, as streams; what it still answers may take so many milliseconds. */
    close(milliseconds: number): Promise<void>;
  };
  readonly place: OpenPort;
}

/** What ends with the servers. */
export interface StopOptions {
  /** how long connections are still taken */
  readonly drainSeconds: number;
  /** what has streams open on the servers */
  readonly flows: { close(): Promise<void> };
  /** what requests need to be answered, as the store: ended last */
  readonly needed: readonly { close(): Promise<void> }[];
}

/**
 * Ends servers so that what they were asked is answered: it becomes known that they stop, then they take no more
 * connections and answer what is under way, then streams are ended, and only then what answers are made of.
 *
 * @param servers one that asks another comes before it
 */
export async function stopServing(
  servers: readonly Served[],
  { drainSeconds, flows, needed }: StopOptions,
): Promise<void> {
  for (const { app, place } of servers) {
    app.stop();
    place.announce();
  }
  await sleep(drainSeconds * 1000);
  for (const { app, place } of servers) {
    const until = performance.now() + ANSWERED_WITHIN;
    await place.finish(ANSWERED_WITHIN);
    // Calls that are answered by a stream of events have what is left of that time.
    await app.close(Math.max(0, until - performance.now()));
  }
  await flows.close();
  await Promise.all(servers.map(({ place }) => place.close()));
  await Promise.all(needed.map((one) => one.close()));
}
