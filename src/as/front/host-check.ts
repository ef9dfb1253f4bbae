import type { MiddlewareHandler } from 'hono';
import { isAddressedToLoopback } from '../../shared/http/loopback.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { AppEnv } from './app-env.js';

/** So many other names are told of; there is no end of names under `.localhost`. */
const MAX_NAMES = 20;

/**
 * In demo mode serves only those who address this machine by a loopback name. A web page elsewhere whose name was
 * pointed here (DNS rebinding) brings its own Host, and so does a tunnel; neither may have what demo mode gives away.
 */
export function hostCheck({ config, emit }: Pick<Services, 'config' | 'emit'>): MiddlewareHandler<AppEnv> {
  const own = new URL(config.issuer).host;
  const told = new Set<string>();
  return async function hostCheck(c, next) {
    if (!config.demoMode) return next();
    if (!isAddressedToLoopback(c.req.raw)) {
      throw new OAuthError(
        'invalid_request',
        `this server is for its own machine only; use ${config.issuer}`,
        {
          reason: 'host_not_loopback',
        },
      );
    }
    const { host } = new URL(c.req.url);
    if (host !== own && !told.has(host) && told.size < MAX_NAMES) {
      told.add(host);
      emit({ kind: 'host.other_name', host, use_instead: config.issuer }, 'warning');
    }
    return next();
  };
}
