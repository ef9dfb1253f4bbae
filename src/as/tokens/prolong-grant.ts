import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { grantSeconds } from './issue.js';

/**
 * Lets a grant live on from which tokens are about to be issued: as long as its newest refresh token. Replaced and not
 * put, so that a revoked one stays revoked.
 *
 * @returns false if it was revoked
 */
export async function prolongGrant(
  services: Services,
  client: ClientRecord,
  grantId: string,
): Promise<boolean> {
  const { store, clock } = services;
  for (;;) {
    const expected = await store.get('grant', grantId);
    if (!expected) return false;
    const value = { ...expected, last_used_at: clock.now() };
    const expires_at = clock.now() + grantSeconds(services, client);
    if (await store.replace('grant', grantId, { expected, value, expires_at })) return true;
  }
}
