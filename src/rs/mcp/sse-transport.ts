import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { AuthInfo } from './token-passage.js';

/** How much may wait for a client that does not read, in bytes. */
const MAX_WAITING = 1_048_576;

/** One connection of the HTTP+SSE transport: what the server sends goes to a stream, what the client sends comes by POST. */
export interface SseTransport extends Transport {
  /** the stream of events, the first of which says where to POST to */
  readonly response: Response;
  /** Hands in what the client has posted. */
  receive(message: JSONRPCMessage, authInfo: AuthInfo): void;
  /** Sends a line that says nothing, so that nobody in between takes the connection for dead. */
  keepAlive(): void;
}

/**
 * Creates the server's end of the HTTP+SSE transport in web standards.
 *
 * @param endpoint URI for the client's messages
 * @param onOverflow called when the client leaves unread what it is sent; the stream should be ended then
 * @see {@link https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse MCP 2024-11-05, HTTP with SSE}
 */
export function createSseTransport(endpoint: string, onOverflow: () => void): SseTransport {
  const encoder = new TextEncoder();
  let over = false;
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started;
      },
      cancel() {
        over = true;
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING }),
  );

  function write(text: string): void {
    if (over) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) <= 0) onOverflow();
  }

  write(`event: endpoint\ndata: ${endpoint}\n\n`);
  const transport: SseTransport = {
    response: new Response(body, {
      headers: {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        // Some proxies hold events back without it.
        'x-accel-buffering': 'no',
      },
    }),
    async start() {},
    async send(message) {
      write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    },
    async close() {
      if (!over) controller.close();
      over = true;
      transport.onclose?.();
    },
    receive(message, authInfo) {
      transport.onmessage?.(message, { authInfo });
    },
    keepAlive: () => write(': keep-alive\n\n'),
  };
  return transport;
}
