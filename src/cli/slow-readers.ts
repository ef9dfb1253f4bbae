import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connections } from './connections.js';

/** How far an answer had come when it was looked at. */
interface Progress {
  /** bytes of what was written in one piece, and is gone as a whole */
  readonly taken: number;
  /** bytes of the piece that is going out */
  readonly queued: number;
  readonly since: number;
}

/**
 * Cuts off those who do not take what they asked for, which waits in memory meanwhile. Whoever takes some of it now and
 * then may take as long as they like. A stream on which nothing is sent has nothing that waits.
 *
 * @param patience how long, in milliseconds, none of what waits may be taken
 * @param now monotonic, in milliseconds
 * @returns looks once; to be called every now and then
 */
export function createSlowReaderCheck(
  connections: Pick<Connections, 'all'>,
  patience: number,
  now: () => number,
): () => void {
  const waiting = new WeakMap<ServerResponse, Progress>();

  function isStuck(response: ServerResponse, beneath: Socket): boolean {
    const { socket } = response;
    if (!socket || socket.writableLength === 0) {
      waiting.delete(response);
      return false;
    }
    const taken = socket.bytesWritten - socket.writableLength;
    const queued = queuedOn(beneath);
    const before = waiting.get(response);
    if (before?.taken === taken && before.queued === queued) return now() - before.since >= patience;
    waiting.set(response, { taken, queued, since: now() });
    return false;
  }

  return () => {
    for (const { socket, answers } of connections.all()) {
      if ([...answers].some((response) => isStuck(response, socket))) socket.destroy();
    }
  };
}

/**
 * How many bytes the operating system has not taken yet. The counts of a socket change only when all of a piece is gone,
 * and an answer of many megabytes may be one piece; Node looks here itself, for the timeouts of sockets.
 *
 * @param socket beneath TLS: what is encrypted counts as gone above
 * @returns 0 if that is not known
 */
function queuedOn(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null || !('writeQueueSize' in handle)) return 0;
  return typeof handle.writeQueueSize === 'number' ? handle.writeQueueSize : 0;
}
