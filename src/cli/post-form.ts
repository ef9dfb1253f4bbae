import { Client, type Dispatcher, Pool } from 'undici';
import type { PostForm } from '../shared/http/post-form.js';
import type { Trust } from './trust.js';

/** An introspection response is a few hundred bytes; more is not read. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** What a connection ends with that the other side has closed, as when it was restarted. */
const CONNECTION_GONE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * POSTs forms over kept-alive connections, one pool per origin. undici's own `request` is used because it is several
 * times faster than `fetch`, and every MCP request waits for one introspection.
 *
 * A kept connection may have been closed by the other side just when it is used. Where nothing was answered the form
 * goes out once more, on a connection of its own; to ask twice does no harm, since the answer changes nothing.
 *
 * @param trust which certificates are trusted, if not those that Node trusts
 */
export function createFormPoster(trust?: Trust): { post: PostForm; close(): Promise<void> } {
  const pools = new Map<string, Pool>();
  const options = { maxResponseSize: MAX_RESPONSE_BYTES, ...(trust && { connect: trust }) };
  const poolFor = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, { ...options, connections: 32, keepAliveTimeout: 30_000 });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async post(url, { headers, body, signal }) {
      const { origin, pathname, search } = new URL(url);
      const request = { method: 'POST', path: pathname + search, headers, body, signal } as const;
      const response = await poolFor(origin).request(request).catch(connectionGone);
      if (response) return readResponse(response);
      const fresh = new Client(origin, options);
      try {
        return await readResponse(await fresh.request(request));
      } finally {
        await fresh.destroy();
      }
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

/**
 * @returns undefined if the connection ended before anything was answered
 * @throws what was thrown, if it was anything else
 */
function connectionGone(thrown: unknown): undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof code !== 'string' || !CONNECTION_GONE.has(code)) throw thrown;
  return undefined;
}

async function readResponse({ statusCode, body }: Dispatcher.ResponseData): Promise<{
  status: number;
  body: string;
}> {
  return { status: statusCode, body: await body.text() };
}
