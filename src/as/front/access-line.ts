import type { MiddlewareHandler } from 'hono';
import { requestServed } from '../../shared/events/request-served.js';
import { toOAuthError } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { AppEnv } from './app-env.js';

/** Tells of every request once it is answered. */
export function accessLine({ emit }: Pick<Services, 'emit'>): MiddlewareHandler<AppEnv> {
  return async function accessLine(c, next) {
    await next();
    const reason = c.error ? toOAuthError(c.error).reason : c.get('reason');
    emit(requestServed(c.req.raw, c.res.status, reason), 'debug');
  };
}
