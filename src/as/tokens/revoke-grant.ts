import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { Services } from '../services.js';
import type { IssuedRecord } from '../store/records.js';

/**
 * Ends a grant, and with it every token that was issued from it: one delete.
 *
 * @param reason stable reason code, for the log
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2 RFC 9700 §4.14.2}
 */
export async function revokeGrant(
  { store, emit }: Pick<Services, 'store' | 'emit'>,
  grantId: string,
  reason: RefusalReason,
): Promise<void> {
  const grant = await store.take('grant', grantId);
  if (!grant) return;
  const wanted = reason === 'revoked_by_user' || reason === 'revoked_by_client';
  emit(
    { kind: 'grant.revoked', client_id: grant.client_id, sub: grant.sub, reason },
    wanted ? 'info' : 'warning',
  );
}

/**
 * Ends every grant that a client has.
 *
 * @returns how many there were
 */
export async function revokeGrantsOf({ store }: Pick<Services, 'store'>, clientId: string): Promise<number> {
  const grants = await store.list('grant', { client_id: clientId });
  const taken = await Promise.all(grants.map(({ id }) => store.take('grant', id)));
  return taken.filter((grant) => grant !== undefined).length;
}

/**
 * What to do about a code or refresh token that is not there: if it was used, somebody presents it a second time, and one
 * of the two is a thief.
 *
 * @param id the hash of what was presented
 * @param isValid whether it was presented as only its client can; otherwise nothing ends, as anybody who saw a code go by
 *   could take the client's tokens from it
 * @returns whether it was used; false if it ended before anybody did, or was never issued here
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-7.5.3 OAuth 2.1 §7.5.3}
 */
export async function revokeReplayed(
  services: Pick<Services, 'store' | 'emit' | 'clock'>,
  id: string,
  reason: RefusalReason,
  isValid: (issued: IssuedRecord) => boolean = () => true,
): Promise<boolean> {
  const issued = await services.store.get('issued', id);
  if (!issued) return false;
  const { grant_id, expires_at } = issued;
  // The grant of a code that nobody redeemed has ended with it.
  const used = services.clock.now() < expires_at || (await services.store.get('grant', grant_id));
  if (!used) return false;
  if (isValid(issued)) await revokeGrant(services, grant_id, reason);
  return true;
}
