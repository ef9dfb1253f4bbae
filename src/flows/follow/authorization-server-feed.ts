import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { ExchangeFeed } from '../watching.js';
import type { FollowServersPorts } from './follow-servers.js';

/**
 * What the authorization servers on this machine tell of a resource server's clients, so that its own page can show whole
 * flows. Servers elsewhere are nobody's to be asked unasked.
 *
 * @param issuers of the authorization servers that it trusts
 * @returns undefined where there is none on this machine
 */
export function authorizationServerFeed(
  issuers: readonly string[],
  ports: Omit<FollowServersPorts, 'signal'>,
): ExchangeFeed | undefined {
  const near = issuers.filter((issuer) => isLoopbackHost(new URL(issuer).hostname));
  if (near.length === 0) return undefined;
  return async (tell, signal) => {
    const { followServers } = await import('./follow-servers.js');
    let awaited = near.length;
    await Promise.all(
      near.map((issuer) =>
        followServers(issuer, { ...ports, signal }, (told) => {
          if (told.type !== 'ready' && told.type !== 'nothing') return tell(told);
          awaited -= 1;
          if (awaited === 0) tell({ type: 'ready' });
        }),
      ),
    );
  };
}
