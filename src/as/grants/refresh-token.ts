import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { fingerprint, hashSecret } from '../../shared/secret.js';
import { usageOf } from '../clients/usage.js';
import type { Services } from '../services.js';
import type { RefreshTokenRecord } from '../store/records.js';
import { issueTokens } from '../tokens/issue.js';
import { prolongGrant } from '../tokens/prolong-grant.js';
import { revokeGrant, revokeReplayed } from '../tokens/revoke-grant.js';
import type { GrantHandler } from './grant-handler.js';
import { narrowResource, narrowScope } from './narrow.js';

/**
 * Exchanges a refresh token for new tokens. It is good for one use: presented again, it ends the grant, unless that is
 * within the grace (see {@link spend}). A request that asks for too much is refused before the token is used up.
 *
 * @throws OAuthError `invalid_request`, `invalid_grant`, `invalid_scope`, `invalid_target`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 RFC 6749 §6}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.3.1 OAuth 2.1 §4.3.1}
 */
export const redeemRefreshToken: GrantHandler = async (services, client, parameters) => {
  const presented = parameters.get('refresh_token');
  if (presented === undefined) {
    throw new OAuthError('invalid_request', 'refresh_token is missing', { reason: 'refresh_token_missing' });
  }
  const id = hashSecret(presented);
  const known = await services.store.get('refresh_token', id);
  if (known && known.client_id !== client.client_id) {
    await revokeGrant(services, known.grant_id, 'refresh_token_of_other_client');
    throw invalidGrant('refresh_token_of_other_client');
  }
  if (known && !services.users.has(known.sub)) {
    await revokeGrant(services, known.grant_id, 'user_removed');
    throw invalidGrant('user_removed');
  }
  const scope = known && narrowScope(known.scope, parameters.get('scope'));
  const resource = known && narrowResource(known.resource, parameters.all('resource'));
  const token = await spend(services, id);
  if (!token || scope === undefined || resource === undefined) {
    const replayed = await revokeReplayed(services, id, 'refresh_token_replayed');
    throw invalidGrant(replayed ? 'refresh_token_replayed' : 'refresh_token_unknown');
  }
  if (token.spent) {
    const reused = { client_id: client.client_id, token: fingerprint(presented) };
    services.emit({ kind: 'refresh_token.reused', ...reused }, 'warning');
  }
  if (token.predecessor !== undefined) await services.store.take('refresh_token', token.predecessor);
  if (!(await prolongGrant(services, client, token.grant_id))) throw invalidGrant('grant_revoked');
  const usage = await usageOf(services, client.client_id);
  return issueTokens(services, {
    grant_type: 'refresh_token',
    grant_id: token.grant_id,
    client,
    sub: token.sub,
    granted: { scope: token.scope, resource: token.resource },
    access: { scope, resource },
    ...(services.config.refreshGraceSeconds > 0 && { predecessor: id }),
    route: token.route,
    flows: usage?.flows ?? 0,
  });
};

/**
 * Uses a refresh token up. Without a grace it is gone with that. With one it is kept for so long, marked as spent: a
 * client that lost the answer, or two of its windows that ask at once, get a successor each. The first use of any
 * successor shows that an answer has arrived, and ends the grace.
 *
 * @param id hash of the token
 * @returns its record as it was, marked if this is not its first use; undefined if it is no longer good
 */
async function spend(
  { config, store, clock }: Services,
  id: string,
): Promise<RefreshTokenRecord | undefined> {
  if (config.refreshGraceSeconds === 0) return store.take('refresh_token', id);
  const token = await store.get('refresh_token', id);
  if (!token || token.spent) return token;
  const marked = await store.replace('refresh_token', id, {
    expected: token,
    value: { ...token, spent: true },
    expires_at: clock.now() + config.refreshGraceSeconds,
  });
  return marked ? token : store.get('refresh_token', id);
}

function invalidGrant(reason: RefusalReason): OAuthError {
  return new OAuthError('invalid_grant', 'the refresh token is not valid', { reason });
}
