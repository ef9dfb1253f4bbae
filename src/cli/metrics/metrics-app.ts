import type { WebApp } from '../../shared/http/fetch.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { Metrics } from './metrics.js';

/** Where metrics are, for those who scrape them. */
export const METRICS_PATH = '/metrics';

/**
 * Serves the metrics, and nothing else.
 *
 * @param host that it listens on; on this machine's own, a web page that gave itself another name for it gets nothing
 */
export function createMetricsApp(
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  host: string,
): Pick<WebApp, 'fetch'> {
  return {
    async fetch(request) {
      const { hostname, pathname } = new URL(request.url);
      if (isLoopbackHost(host) && !isLoopbackHost(hostname))
        return plain(403, 'this is for its own machine only');
      if (pathname !== METRICS_PATH)
        return plain(404, `there is nothing here; metrics are at ${METRICS_PATH}`);
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return plain(405, 'use GET', { allow: 'GET, HEAD' });
      }
      const text = await metrics.text();
      return plain(200, request.method === 'HEAD' ? null : text, { 'content-type': metrics.contentType });
    },
  };
}

function plain(
  status: number,
  body: string | null,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(status === 200 ? body : `${body}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  });
}
