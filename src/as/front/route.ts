import type { Hono } from 'hono';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { Limits } from '../limits/limits.js';
import type { LimitName } from '../limits/table.js';
import type { AppEnv, Endpoint } from './app-env.js';
import { cors } from './cors.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;
type Method = (typeof METHODS)[number];

/** One path: its methods, who reads its answers, and whether web pages may call it. */
export interface Route {
  readonly path: string;
  readonly answers: 'page' | 'json';
  readonly cors?: boolean;
  /** how many requests an address may send here; absent: as many as it likes */
  readonly limit?: LimitName;
  /** HEAD goes with GET */
  readonly methods: { readonly [M in Method]?: Endpoint };
}

/**
 * Puts a route into the app. Any other method of its path is answered 405. A request over the limit is refused before
 * anything of it is looked at.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 RFC 9110 §15.5.6}
 */
export function addRoute(
  app: Hono<AppEnv>,
  route: Route,
  { allowOrigins, limits }: { readonly allowOrigins: readonly string[]; readonly limits: Limits },
): void {
  const served = METHODS.filter((method) => route.methods[method]);
  const allow = [
    ...served.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    ...(route.cors ? ['OPTIONS'] : []),
  ];
  if (route.cors) app.use(route.path, cors(allow.join(', '), allowOrigins));
  app.all(route.path, async (c) => {
    c.set('answers', route.answers);
    const asked = c.req.method === 'HEAD' ? 'GET' : c.req.method;
    const method = served.find((name) => name === asked);
    const endpoint = method && route.methods[method];
    if (endpoint) {
      if (route.limit !== undefined) await limits.request(route.limit, { peer: c.env.peer });
      return endpoint(c);
    }
    throw new OAuthError('invalid_request', `use ${allow.join(', ')}`, {
      status: 405,
      reason: 'method_not_allowed',
      headers: { allow: allow.join(', ') },
    });
  });
}
