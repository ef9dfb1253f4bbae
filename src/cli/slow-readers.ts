import type { ServerResponse } from 'node:http';
import type { Connections } from './connections.js';

/** How far an answer had come when it was looked at. */
interface Progress {
  readonly taken: number;
  readonly since: number;
}

/**
 * Cuts off those who do not take what they asked for, which waits in memory meanwhile. A stream on which nothing is sent
 * has nothing that waits.
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

  function isStuck(response: ServerResponse): boolean {
    const { socket } = response;
    if (!socket || socket.writableLength === 0) {
      waiting.delete(response);
      return false;
    }
    const taken = socket.bytesWritten - socket.writableLength;
    const before = waiting.get(response);
    if (before?.taken === taken) return now() - before.since >= patience;
    waiting.set(response, { taken, since: now() });
    return false;
  }

  return () => {
    for (const { socket, answers } of connections.all()) {
      if ([...answers].some(isStuck)) socket.destroy();
    }
  };
}
