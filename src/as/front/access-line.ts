import type { MiddlewareHandler } from 'hono';
import { requestServed } from '../../shared/events/request-served.js';
import { toOAuthError } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { AppEnv } from './app-env.js';
import { createRouteTemplate } from './route-template.js';

/**
 * Tells of every request once it is answered.
 *
 * @param formerIssuers what this server was called before
 */
export function accessLine(
  { config, emit, milliseconds }: Pick<Services, 'config' | 'emit' | 'milliseconds'>,
  formerIssuers: readonly string[],
): MiddlewareHandler<AppEnv> {
  const routeOf = createRouteTemplate([config.issuer, ...formerIssuers]);
  return async function accessLine(c, next) {
    const begun = milliseconds();
    await next();
    const reason = c.error ? toOAuthError(c.error).reason : c.get('reason');
    const facts = { status: c.res.status, reason, route: routeOf(c), milliseconds: milliseconds() - begun };
    emit(requestServed(c.req.raw, facts), 'debug');
  };
}
