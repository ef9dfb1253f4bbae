import { isAddressedToLoopback } from '../../shared/http/loopback.js';
import { constantTimeEqual } from '../../shared/secret.js';
import type { LiveSource } from './live-source.js';

/**
 * Whether a request may see what is recorded: on one's own machine in demo mode, and with the token elsewhere.
 *
 * @returns `nothing-here` where nobody is to know that there is anything
 */
export function mayLook(
  request: Request,
  { site, token }: Pick<LiveSource, 'site' | 'token'>,
): 'yes' | 'with-token' | 'nothing-here' {
  if (site.demoMode && isAddressedToLoopback(request)) return 'yes';
  if (token === undefined) return 'nothing-here';
  const [, sent] = /^bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return sent !== undefined && constantTimeEqual(sent, token) ? 'yes' : 'with-token';
}
