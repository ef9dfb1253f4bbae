import type { MiddlewareHandler } from 'hono';
import { toOAuthError } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { AppEnv } from './app-env.js';

/** Tells of every request once it is answered. The query is left out, since it holds codes and state. */
export function accessLine({ emit }: Pick<Services, 'emit'>): MiddlewareHandler<AppEnv> {
  return async function accessLine(c, next) {
    await next();
    const reason = c.error ? toOAuthError(c.error).reason : c.get('reason');
    const userAgent = c.req.header('user-agent');
    emit(
      {
        kind: 'request.served',
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        ...(reason !== undefined && { reason }),
        ...(userAgent !== undefined && { user_agent: userAgent }),
      },
      'debug',
    );
  };
}
