import { OAuthError } from '../shared/oauth/errors.js';
import { watchEventStream } from './mcp/event-stream.js';
import { withinTime } from './unavailable.js';

/** Seconds after which a client may try again: by then another process may be there. */
const RETRY_AFTER_SECONDS = 2;

/** What is under way at the MCP endpoint: calls are to be answered before the server stops, streams are to be ended. */
export interface Calls {
  /**
   * Answers a request; a call counts as under way until all of its answer has gone out.
   *
   * @throws OAuthError `temporarily_unavailable` once the server is stopping
   */
  answer(request: Request, run: () => Promise<Response>): Promise<Response>;
  /** Settles when no call is under way any more, or so many milliseconds are over. */
  settled(milliseconds: number): Promise<void>;
}

/** @param stopping fires when this server takes no more requests */
export function createCalls(stopping: AbortSignal): Calls {
  const underWay = new Set<Promise<void>>();

  function begin(): () => void {
    let finish!: () => void;
    const call = new Promise<void>((resolve) => (finish = resolve));
    underWay.add(call);
    void call.then(() => underWay.delete(call));
    return finish;
  }

  return {
    async answer(request, run) {
      if (stopping.aborted) throw isStopping();
      if (!isCall(request)) return run();
      const finish = begin();
      try {
        const response = await run();
        const stream = watchEventStream(response, request.signal);
        if (stream) stream.onEnd(finish);
        else finish();
        return stream?.response ?? response;
      } catch (thrown) {
        finish();
        throw thrown;
      }
    },
    async settled(milliseconds) {
      await withinTime(milliseconds, () => Promise.all(underWay)).catch(() => undefined);
    },
  };
}

/** A subscription of MCP 2026-07-28 is a POST too, and has no end of its own. */
function isCall({ method, headers }: Request): boolean {
  return method === 'POST' && headers.get('mcp-method') !== 'subscriptions/listen';
}

function isStopping(): OAuthError {
  return new OAuthError('temporarily_unavailable', 'this server is stopping; try again', {
    reason: 'stopping',
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}
