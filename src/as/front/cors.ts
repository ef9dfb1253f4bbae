import type { MiddlewareHandler } from 'hono';
import { isLoopbackOrigin } from '../../shared/http/loopback.js';
import type { AppEnv } from './app-env.js';

/** How long, in seconds, a browser may remember a preflight's answer. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets web pages of this machine and of the configured origins call an endpoint. Cookies are never sent along: no
 * endpoint that a page may call knows any.
 *
 * @param methods as they stand in `Access-Control-Allow-Methods`
 * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol Fetch, CORS protocol}
 */
export function cors(methods: string, allowOrigins: readonly string[]): MiddlewareHandler<AppEnv> {
  return async function cors(c, next) {
    const origin = c.req.header('origin');
    const allowed = origin !== undefined && (isLoopbackOrigin(origin) || allowOrigins.includes(origin));
    if (c.req.method === 'OPTIONS') c.res = new Response(null, { status: 204, headers: { allow: methods } });
    else await next();
    c.res.headers.append('vary', 'Origin');
    if (!allowed) return;
    c.res.headers.set('access-control-allow-origin', origin);
    c.res.headers.set('access-control-expose-headers', 'WWW-Authenticate, Retry-After');
    if (c.req.method !== 'OPTIONS') return;
    c.res.headers.set('access-control-allow-methods', methods);
    c.res.headers.set('access-control-allow-headers', 'Authorization, Content-Type, MCP-Protocol-Version');
    c.res.headers.set('access-control-max-age', String(PREFLIGHT_SECONDS));
  };
}
