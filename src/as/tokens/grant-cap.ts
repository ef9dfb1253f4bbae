import type { Services } from '../services.js';
import type { AuthorizationCodeRecord, GrantRecord } from '../store/records.js';
import { revokeGrant } from './revoke-grant.js';

/** So many grants of one client a user may have at once, give or take those of {@link LOOKED_AT_EVERY} sign-ins. */
const MAX_GRANTS = 1000;
const LOOKED_AT_EVERY = 100;

/**
 * Each sign-in makes a grant, and a client that never refreshes leaves them all behind. Of more than a user may have with
 * one client, those end that were not used for the longest time. To be called with every code that is redeemed.
 */
export async function endUnusedGrants(
  services: Pick<Services, 'store' | 'emit' | 'clock'>,
  { sub, client_id }: Pick<AuthorizationCodeRecord, 'sub' | 'client_id'>,
  windowSeconds: number,
): Promise<void> {
  const { store } = services;
  const signIns = await store.increment(`grants:${JSON.stringify([sub, client_id])}`, windowSeconds);
  if (signIns <= MAX_GRANTS || signIns % LOOKED_AT_EVERY !== 0) return;
  const grants = await store.list('grant', { sub, client_id });
  const unused = [...grants].sort((a, b) => lastUse(b.value) - lastUse(a.value)).slice(MAX_GRANTS);
  await Promise.all(unused.map(({ id }) => revokeGrant(services, id, 'grants_too_many')));
}

function lastUse({ last_used_at, created_at }: GrantRecord): number {
  return last_used_at ?? created_at;
}
