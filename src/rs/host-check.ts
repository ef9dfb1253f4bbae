import type { Emit } from '../shared/events/emitter.js';
import { watchHost } from '../shared/http/host-watch.js';
import { OAuthError } from '../shared/oauth/errors.js';
import type { ResourceServerConfig } from './config/index.js';

/**
 * In demo mode refuses a request that was not sent to a loopback name.
 *
 * @returns a function that throws OAuthError `invalid_request` with status 403
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning MCP, transports, security warning}
 */
export function createHostCheck(
  { demoMode, resource }: Pick<ResourceServerConfig, 'demoMode' | 'resource'>,
  emit: Emit,
): (request: Request) => void {
  const isForThisMachine = watchHost(resource, emit);
  return (request) => {
    if (!demoMode || isForThisMachine(request)) return;
    throw new OAuthError('invalid_request', 'this server answers to names of this machine only', {
      status: 403,
      reason: 'host_not_allowed',
      detail: `sent to ${new URL(request.url).host}, Host is ${request.headers.get('host') ?? 'not given'}`,
    });
  };
}
