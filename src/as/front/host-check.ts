import type { MiddlewareHandler } from 'hono';
import { watchHost } from '../../shared/http/host-watch.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { AppEnv } from './app-env.js';

/**
 * In demo mode serves only those who address this machine by a loopback name: nobody else may have what demo mode
 * gives away.
 */
export function hostCheck({ config, emit }: Pick<Services, 'config' | 'emit'>): MiddlewareHandler<AppEnv> {
  const isForThisMachine = watchHost(config.issuer, emit);
  return async function hostCheck(c, next) {
    if (!config.demoMode || isForThisMachine(c.req.raw)) return next();
    throw new OAuthError('invalid_request', `this server is for its own machine only; use ${config.issuer}`, {
      status: 403,
      reason: 'host_not_allowed',
    });
  };
}
