import type { Hono } from 'hono';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { AppEnv, Endpoint } from './app-env.js';
import { cors } from './cors.js';

/** One path: its methods, who reads its answers, and whether web pages may call it. */
export interface Route {
  readonly path: string;
  readonly answers: 'page' | 'json';
  readonly cors?: boolean;
  /** HEAD goes with GET */
  readonly methods: { readonly GET?: Endpoint; readonly POST?: Endpoint };
}

/**
 * Puts a route into the app. Any other method of its path is answered 405.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 RFC 9110 §15.5.6}
 */
export function addRoute(app: Hono<AppEnv>, route: Route, allowOrigins: readonly string[]): void {
  const { GET, POST } = route.methods;
  const allow = [
    ...(GET ? ['GET', 'HEAD'] : []),
    ...(POST ? ['POST'] : []),
    ...(route.cors ? ['OPTIONS'] : []),
  ];
  if (route.cors) app.use(route.path, cors(allow.join(', '), allowOrigins));
  app.all(route.path, (c) => {
    c.set('answers', route.answers);
    const endpoint =
      c.req.method === 'POST' ? POST : ['GET', 'HEAD'].includes(c.req.method) ? GET : undefined;
    if (endpoint) return endpoint(c);
    throw new OAuthError('invalid_request', `use ${allow.join(', ')}`, {
      status: 405,
      reason: 'method_not_allowed',
      headers: { allow: allow.join(', ') },
    });
  });
}
