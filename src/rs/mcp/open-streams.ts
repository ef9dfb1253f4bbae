import { type EventStream, watchEventStream } from './event-stream.js';
import { type McpAnswer, refuseForNow } from './json-rpc.js';
import { answerOf } from './refusal.js';

/** An answer, and the stream that it is unless it says why there is none. */
export interface StreamAnswer extends McpAnswer {
  readonly stream?: EventStream;
}

/** The streams on which clients listen: as many as the cap allows, and of each client and user no more than a share. */
export interface OpenStreams {
  /**
   * Opens a stream if there is a place for one; the place is free again when the stream ends.
   *
   * @param principal whose it is; see `principalOf`
   * @param request aborted when the client is gone
   * @param ask makes the answer
   */
  open(principal: string, request: Request, ask: () => Promise<Response>): Promise<StreamAnswer>;
}

/** How many streams one client and user may hold whatever the cap is, if it is not smaller still. */
const LEAST_SHARE = 10;

/** @param maxStreams how many there may be in all */
export function createOpenStreams(maxStreams: number): OpenStreams {
  const share = Math.min(maxStreams, Math.max(LEAST_SHARE, Math.ceil(maxStreams / 10)));
  const held = new Map<string, number>();
  let total = 0;

  function count(principal: string, change: 1 | -1): void {
    const now = (held.get(principal) ?? 0) + change;
    total += change;
    if (now === 0) held.delete(principal);
    else held.set(principal, now);
  }

  return {
    async open(principal, request, ask) {
      if ((held.get(principal) ?? 0) >= share) return tooMany(share);
      if (total >= maxStreams) return busy();
      count(principal, 1);
      let stream: EventStream | undefined;
      try {
        const response = await ask();
        stream = watchEventStream(response, request.signal);
        if (!stream) return answerOf(request, response);
        stream.onEnd(() => count(principal, -1));
        return { response: stream.response, stream };
      } finally {
        if (!stream) count(principal, -1);
      }
    },
  };
}

function tooMany(share: number): McpAnswer {
  const message = `this client and user have ${share} streams open, and may not have more`;
  return refuseForNow(429, message, 'streams_too_many');
}

function busy(): McpAnswer {
  return refuseForNow(503, 'as many streams are open as this server has places for', 'streams_busy');
}
