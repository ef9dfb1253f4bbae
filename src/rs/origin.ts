import { isLoopbackOrigin } from '../shared/http/loopback.js';
import { OAuthError } from '../shared/oauth/errors.js';
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
const EXPOSE_HEADERS = 'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After, Allow';

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
      allow: methods,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': [ALLOW_HEADERS, ...parameters].join(', '),
      'access-control-max-age': MAX_AGE,
    },
  });
}

/**
 * Lets a page of an allowed origin read an answer, whatever it says. That the answer depends on the origin is told to caches
 * in any case.
 */
export function letPageRead(response: Response, origin: string | undefined, isAllowed: OriginPolicy): void {
  response.headers.append('vary', 'Origin');
  if (origin === undefined || !isAllowed(origin)) return;
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-expose-headers', EXPOSE_HEADERS);
}

/** An `Origin` can be as long as headers can; the log needs no more of it, in characters. */
const MAX_ORIGIN_LENGTH = 200;

/**
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#security-warning MCP, Streamable HTTP, security warning}
 * @throws OAuthError with status 403 for a page of another site
 */
export function checkOrigin(origin: string | undefined, isAllowed: OriginPolicy): void {
  if (origin === undefined || isAllowed(origin)) return;
  throw new OAuthError('invalid_request', 'pages of this origin may not call this server', {
    status: 403,
    reason: 'origin_not_allowed',
    detail: `Origin is ${origin.slice(0, MAX_ORIGIN_LENGTH)}; --allow-origin allows it`,
  });
}
