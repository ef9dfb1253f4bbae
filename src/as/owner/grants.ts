import type { Services } from '../services.js';
import type { GrantRecord } from '../store/records.js';
import { revokeGrant } from '../tokens/revoke-grant.js';

/** A grant, as its user sees it. */
export interface UserGrant {
  readonly id: string;
  readonly value: GrantRecord;
}

/**
 * What a user has allowed, the newest first. A grant for which nobody was sent anywhere is not a user's: there the
 * client acts for itself.
 *
 * @param clientId only what was allowed to this client; all if left out
 */
export async function grantsOfUser(
  { store }: Pick<Services, 'store'>,
  sub: string,
  clientId?: string,
): Promise<readonly UserGrant[]> {
  const found = await store.list('grant', { sub, ...(clientId !== undefined && { client_id: clientId }) });
  return found
    .filter(({ value }) => value.redirect_uri !== undefined)
    .sort((a, b) => b.value.created_at - a.value.created_at);
}

/**
 * Ends a grant of a user, and all that was issued from it.
 *
 * @returns the grant; undefined if there is none with this id that is theirs
 */
export async function revokeGrantOfUser(
  services: Services,
  sub: string,
  id: string,
): Promise<GrantRecord | undefined> {
  const grant = await services.store.get('grant', id);
  if (!grant || grant.sub !== sub || grant.redirect_uri === undefined) return undefined;
  await revokeGrant(services, id, 'revoked_by_user');
  return grant;
}
