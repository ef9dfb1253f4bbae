import type { ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connections.js';
import type { Listener } from './listener.js';

/** How long, in milliseconds, things may last once a server takes no more connections. */
const GRACE = {
  /** for a connection without a request, or with a part of one: it may be on its way */
  idle: 500,
  /** for what is still answered after the end was asked for without naming a time */
  answered: 2000,
  /** for those who are just connecting */
  connecting: 500,
} as const;

/** Of a turn of the event loop, in milliseconds. */
const SHORT_TURN = 0.3;

/** How often it is looked who is done, in milliseconds. */
const LOOK_EVERY = 20;

/** How a listener comes to its end, step by step; what was done is not done again. */
export interface Closing {
  /** From now on each answer tells its client to use another connection; connections are still taken. */
  announce(): void;
  /**
   * Takes no more connections, and waits until all that was asked is answered, or the time is over. Streams of events are
   * not waited for: they have no end of their own.
   *
   * @param milliseconds how long, at most
   */
  finish(milliseconds: number): Promise<void>;
  /** Ends what is left; unless {@link Closing.finish} was waited for, what is asked has two seconds to be answered. */
  close(): Promise<void>;
}

/**
 * Ends a server without failing a request that it has taken. `Server.close` of Node would end idle connections at once,
 * and so cut off a request that is on its way on one of them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-9.6 RFC 9112 §9.6}
 */
export function createClosing(listener: Listener): Closing {
  const { server, connections, isStream } = listener;
  const cut = (): void => connections.all().forEach(({ socket }) => socket.destroy());
  const arrivals = new WeakMap<Socket, { readonly bytes: number; readonly since: number }>();
  let announcedAt: number | undefined;
  let isFinished = false;
  let closed: Promise<void> | undefined;

  function announce(): void {
    if (announcedAt !== undefined) return;
    announcedAt = performance.now();
    for (const { answers } of connections.all()) {
      for (const response of answers) if (!response.headersSent) response.setHeader('connection', 'close');
    }
    server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  }

  function isIdle({ answers, idleSince }: Connection): boolean {
    if (answers.size > 0) return false;
    return performance.now() - Math.max(idleSince, announcedAt ?? 0) >= GRACE.idle;
  }

  /** Whether a request has begun to come and does not go on, so that there is nothing to be answered. */
  function isStalled({ socket, answers }: Connection): boolean {
    // What has come and is not read yet is ours to read.
    const isComing = ({ req }: ServerResponse) => !req.complete && req.readableLength === 0;
    if (answers.size === 0 || ![...answers].every(isComing)) return false;
    const before = arrivals.get(socket);
    if (before?.bytes === socket.bytesRead) return performance.now() - before.since >= GRACE.idle;
    arrivals.set(socket, { bytes: socket.bytesRead, since: performance.now() });
    return false;
  }

  function stopListening(): Promise<void> {
    closed ??= untilNobodyConnects(listener).then(
      (): Promise<void> => new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve())),
    );
    return closed;
  }

  async function finish(milliseconds: number): Promise<void> {
    announce();
    const until = performance.now() + milliseconds;
    let isClosed = false;
    void stopListening().then(() => (isClosed = true));
    while (!isClosed && performance.now() < until) {
      await sleep(LOOK_EVERY);
      // What has arrived meanwhile is read before it is judged who is idle.
      await nextTurn();
      for (const connection of connections.all())
        if (isIdle(connection) || isStalled(connection)) connection.socket.destroy();
      const isWaitedFor = ({ answers }: Connection) =>
        answers.size === 0 || [...answers].some((response) => !isStream(response));
      if (!server.listening && !connections.all().some(isWaitedFor)) return;
    }
  }

  return {
    announce,
    async finish(milliseconds) {
      await finish(milliseconds);
      isFinished = true;
    },
    async close() {
      // What its owner has ended since, as streams, needs a moment to go out.
      if (isFinished) await sleep(2 * LOOK_EVERY);
      else await finish(GRACE.answered);
      const over = stopListening();
      // Some may still connect while it is waited for a moment without.
      const cutting = setInterval(cut, LOOK_EVERY);
      cut();
      await over;
      clearInterval(cutting);
      // Nothing listens any more: this only stops what looks for slow requests.
      server.close(() => undefined);
    },
  };
}

/**
 * Takes everybody in who waits to be. The kernel resets the connections that wait when nobody listens any more, so this
 * goes on until nobody came in a turn of the event loop, and that turn was too short for somebody to have come behind.
 * What is asked meanwhile waits, which keeps the turns short, and those away who would come again for the next answer.
 */
async function untilNobodyConnects({ connections, holdRequests }: Listener): Promise<void> {
  const until = performance.now() + GRACE.connecting;
  let release!: () => void;
  holdRequests(new Promise<void>((resolve) => (release = resolve)));
  for (;;) {
    const before = connections.taken();
    const began = performance.now();
    await nextTurn();
    const ended = performance.now();
    if ((connections.taken() === before && ended - began < SHORT_TURN) || ended > until) break;
  }
  // Runs once the caller has closed what listens.
  setImmediate(release);
}
