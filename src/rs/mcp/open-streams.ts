import { type EventStream, watchEventStream } from './event-stream.js';
import { type McpAnswer, refuseForNow } from './json-rpc.js';
import { answerOf } from './refusal.js';

/** An answer, and the stream that it is unless it says why there is none. */
export interface StreamAnswer extends McpAnswer {
  readonly stream?: EventStream;
}

/** The streams on which clients listen: as many as the cap allows, and of each user no more than a share. */
export interface OpenStreams {
  /**
   * Opens a stream if there is a place for one; the place is free again when the stream ends.
   *
   * @param holder whose share it is taken from; see `holderOf`
   * @param request aborted when the client is gone
   * @param ask makes the answer
   */
  open(holder: string, request: Request, ask: () => Promise<Response>): Promise<StreamAnswer>;
}

/** How many streams one user may hold whatever the cap is, if it is not smaller still. */
const LEAST_SHARE = 10;

/** @param maxStreams how many there may be in all */
export function createOpenStreams(maxStreams: number): OpenStreams {
  const share = Math.min(maxStreams, Math.max(LEAST_SHARE, Math.ceil(maxStreams / 10)));
  const held = new Map<string, number>();
  let total = 0;

  function count(holder: string, change: 1 | -1): void {
    const now = (held.get(holder) ?? 0) + change;
    total += change;
    if (now === 0) held.delete(holder);
    else held.set(holder, now);
  }

  return {
    async open(holder, request, ask) {
      if ((held.get(holder) ?? 0) >= share) return tooMany(share);
      if (total >= maxStreams) return busy();
      count(holder, 1);
      let stream: EventStream | undefined;
      try {
        const response = await ask();
        stream = watchEventStream(response, request.signal);
        if (!stream) return answerOf(request, response);
        stream.onEnd(() => count(holder, -1));
        return { response: stream.response, stream };
      } finally {
        if (!stream) count(holder, -1);
      }
    },
  };
}

function tooMany(share: number): McpAnswer {
  const message = `this user has ${share} streams open, and may not have more`;
  return refuseForNow(429, message, 'streams_too_many');
}

function busy(): McpAnswer {
  return refuseForNow(503, 'as many streams are open as this server has places for', 'streams_busy');
}
