import { Pool } from 'undici';
import type { Trust } from './trust.js';

/** What is sent, and what came back; the narrow way out that introspection takes. */
export type PostForm = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number; body: string }>;

/** An introspection response is a few hundred bytes; more is not read. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/**
 * POSTs forms over kept-alive connections, one pool per origin. undici's own `request` is used because it is several
 * times faster than `fetch`, and every MCP request waits for one introspection.
 *
 * @param trust which certificates are trusted, if not those that Node trusts
 */
export function createFormPoster(trust?: Trust): { post: PostForm; close(): Promise<void> } {
  const pools = new Map<string, Pool>();
  const poolFor = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known) return known;
    const pool = new Pool(origin, {
      connections: 32,
      keepAliveTimeout: 30_000,
      maxResponseSize: MAX_RESPONSE_BYTES,
      ...(trust && { connect: trust }),
    });
    pools.set(origin, pool);
    return pool;
  };
  return {
    async post(url, { headers, body, signal }) {
      const { origin, pathname, search } = new URL(url);
      const response = await poolFor(origin).request({
        method: 'POST',
        path: pathname + search,
        headers,
        body,
        signal,
      });
      return { status: response.statusCode, body: await response.body.text() };
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
