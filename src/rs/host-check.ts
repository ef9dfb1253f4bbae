import type { Emit } from '../shared/events/emitter.js';
import { HEALTH_PATHS } from '../shared/http/health.js';
import { watchHost } from '../shared/http/host-watch.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import { OAuthError } from '../shared/oauth/errors.js';
import type { ResourceServerConfig } from './config/index.js';

/**
 * Holds the name that a request was sent to against those that this server goes by. A page that made its own name resolve
 * to this server's address (DNS rebinding) can't change the name that the browser sends.
 *
 * In demo mode the name must be of this machine. Outside of it the names are checked only if there are `allowHosts`: a
 * proxy may put what it likes into `Host`, and a page has no token to send.
 *
 * @returns a function that throws OAuthError `invalid_request` with status 403
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning MCP, transports, security warning}
 */
export function createHostCheck(
  config: Pick<ResourceServerConfig, 'demoMode' | 'resource' | 'allowHosts'>,
  emit: Emit,
): (request: Request) => void {
  if (config.demoMode) {
    const isForThisMachine = watchHost(config.resource, emit);
    return (request) => {
      if (!isForThisMachine(request)) throw hostRefused(request, 'names of this machine only');
    };
  }
  if (config.allowHosts.length === 0) return () => undefined;
  const own = new Set([new URL(config.resource).hostname, ...config.allowHosts]);
  return (request) => {
    if (isProbe(request)) return;
    if (!hostNamesOf(request).every((name) => own.has(name) || isLoopbackHost(name)))
      throw hostRefused(request, 'its own names only');
  };
}

/** A probe comes by the address, and is told nothing that matters. */
function isProbe({ url }: Request): boolean {
  return Object.values<string>(HEALTH_PATHS).includes(new URL(url).pathname);
}

/** The names in the request target and in `Host`, without their ports: a page can't rebind a port. */
function hostNamesOf(request: Request): readonly string[] {
  const host = request.headers.get('host');
  const names = [new URL(request.url).hostname];
  return host === null ? names : [...names, URL.parse(`http://${host}`)?.hostname ?? ''];
}

function hostRefused(request: Request, names: string): OAuthError {
  return new OAuthError('invalid_request', `this server answers to ${names}`, {
    status: 403,
    reason: 'host_not_allowed',
    detail: `sent to ${new URL(request.url).host}, Host is ${request.headers.get('host') ?? 'not given'}`,
  });
}
