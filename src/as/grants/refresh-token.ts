import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import { usageOf } from '../clients/usage.js';
import { issueTokens } from '../tokens/issue.js';
import { prolongGrant } from '../tokens/prolong-grant.js';
import { revokeGrant, revokeReplayed } from '../tokens/revoke-grant.js';
import type { GrantHandler } from './grant-handler.js';
import { narrowResource, narrowScope } from './narrow.js';

/**
 * Exchanges a refresh token for new tokens. It is good for one use: presented again, it ends the grant. A request that
 * asks for too much is refused before the token is used up.
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
  const scope = known && narrowScope(known.scope, parameters.get('scope'));
  const resource = known && narrowResource(known.resource, parameters.all('resource'));
  const token = await services.store.take('refresh_token', id);
  if (!token || scope === undefined || resource === undefined) {
    const replayed = await revokeReplayed(services, id, 'refresh_token_replayed');
    throw invalidGrant(replayed ? 'refresh_token_replayed' : 'refresh_token_unknown');
  }
  if (!(await prolongGrant(services, client, token.grant_id))) throw invalidGrant('grant_revoked');
  const usage = await usageOf(services, client.client_id);
  return issueTokens(services, {
    grant_type: 'refresh_token',
    grant_id: token.grant_id,
    client,
    sub: token.sub,
    granted: { scope: token.scope, resource: token.resource },
    access: { scope, resource },
    route: token.route,
    flows: usage?.flows ?? 0,
  });
};

function invalidGrant(reason: RefusalReason): OAuthError {
  return new OAuthError('invalid_grant', 'the refresh token is not valid', { reason });
}
