import type { Emit } from '../shared/events/emitter.js';
import { isAddressedToLoopback } from '../shared/http/loopback.js';
import { OAuthError } from '../shared/oauth/errors.js';
import type { ResourceServerConfig } from './config.js';

/** Names are told of once each; whoever makes up more of them than this is not told of. */
const MAX_NAMES = 16;

/**
 * Refuses a request that was sent to a name that is not this machine's: a page of another site can make its own name
 * resolve to 127.0.0.1 (DNS rebinding), but it can't change the name. Another name of this machine is served.
 *
 * @returns a function that throws OAuthError `invalid_request` with status 403
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning MCP, transports, security warning}
 */
export function createHostCheck(
  { demoMode, resource }: Pick<ResourceServerConfig, 'demoMode' | 'resource'>,
  emit: Emit,
): (request: Request) => void {
  const expected = new URL(resource).host;
  const told = new Set<string>();
  return (request) => {
    if (!demoMode) return;
    const { host } = new URL(request.url);
    if (host === expected) return;
    if (!isAddressedToLoopback(request)) {
      throw new OAuthError('invalid_request', 'this server answers to names of this machine only', {
        status: 403,
        reason: 'host_not_allowed',
        detail: `Host is ${host}`,
      });
    }
    if (told.has(host) || told.size >= MAX_NAMES) return;
    told.add(host);
    emit({ kind: 'host.other_name', host, use_instead: resource }, 'warning');
  };
}
