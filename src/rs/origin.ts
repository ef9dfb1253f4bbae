import { isLoopbackOrigin } from '../shared/http/loopback.js';
import type { ResourceServerConfig } from './config/index.js';

/** Which web pages may call this server from a browser. */
export type OriginPolicy = (origin: string) => boolean;

/**
 * Pages from this machine, from this server's own origin, and those that the user allowed. Everything else could be a
 * page that somebody lured the user to.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning MCP, transports, security warning}
 */
export function createOriginPolicy(
  config: Pick<ResourceServerConfig, 'resource' | 'allowOrigins'>,
): OriginPolicy {
  const allowed = new Set([new URL(config.resource).origin, ...config.allowOrigins]);
  return (origin) => allowed.has(origin) || isLoopbackOrigin(origin);
}

/** What a page may send beside what every page may. */
const ALLOW_HEADERS = [
  'Authorization',
  'Content-Type',
  'Accept',
  'Last-Event-ID',
  'MCP-Protocol-Version',
  'Mcp-Session-Id',
  'Mcp-Method',
  'Mcp-Name',
].join(', ');

/** What a page may read beside the body. */
const EXPOSE_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version';

/** Seconds for which a browser may remember a preflight. */
const MAX_AGE = '600';

/**
 * The answer to a preflight request.
 *
 * @param asked `Access-Control-Request-Headers`, of which every `Mcp-*` header is allowed
 * @param methods as in `Allow`
 * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol Fetch, CORS protocol}
 */
export function preflightResponse(methods: string, asked: string | null): Response {
  const more = (asked ?? '').split(',').map((name) => name.trim());
  const parameters = more.filter((name) => /^mcp-[a-z0-9-]{1,64}$/i.test(name));
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': methods,
      'access-control-allow-headers': [ALLOW_HEADERS, ...parameters].join(', '),
      'access-control-max-age': MAX_AGE,
    },
  });
}

/** Lets a page of an allowed origin read an answer. */
export function allowOrigin(response: Response, origin: string): void {
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-expose-headers', EXPOSE_HEADERS);
  response.headers.append('vary', 'Origin');
}
