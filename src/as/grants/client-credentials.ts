import { OAuthError } from '../../shared/oauth/errors.js';
import { formatScope, missingScopes, parseScope } from '../../shared/oauth/scope.js';
import { routeOf } from '../../shared/oauth/routes.js';
import { checkResource } from '../authorize-rules/resource.js';
import { grantableScope } from '../authorize-rules/scope.js';
import { OFFLINE_ACCESS } from '../capabilities.js';
import { keepUsedClient } from '../clients/directory.js';
import { usageOf } from '../clients/usage.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import { issueTokens } from '../tokens/issue.js';
import type { GrantHandler } from './grant-handler.js';

/**
 * Gives a client a token of its own, with no user behind it: its `sub` is the `client_id`. Nobody consents, so what the
 * client may get is what its operator registered for it. There is no refresh token, since the client can come again.
 *
 * @throws OAuthError `unauthorized_client`, `invalid_scope`, `invalid_target`
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.2 OAuth 2.1 §4.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2 RFC 9068 §2.2} for `sub`
 */
export const grantToClient: GrantHandler = async (services, client, parameters) => {
  checkMayActForItself(services, client);
  const scope = scopeOf(services, client, parameters.get('scope'));
  const { resource, unknown } = checkResource({ parameters, client, services });
  const { store, random, clock, config } = services;
  const { client_id } = client;
  const now = clock.now();
  const grant_id = random.token(16);
  const grant = { client_id, sub: client_id, scope, resource, created_at: now };
  await store.put('grant', grant_id, grant, now + config.accessTokenSeconds);
  await keepUsedClient(services, client);
  const flows = (await usageOf(services, client_id))?.flows ?? 0;
  return issueTokens(services, {
    grant_type: 'client_credentials',
    grant_id,
    client,
    sub: client_id,
    access: { scope, resource },
    unknown_resource: unknown,
    route: routeOf(client.origin, flows),
    flows,
  });
};

/**
 * A public client proves nothing, so anybody could act as it. A client that registered itself proves only that it is
 * the same one as before: what it could do without a user, everybody could, and that is for demo mode alone.
 */
function checkMayActForItself({ config, users }: Services, client: ClientRecord): void {
  if (client.metadata.token_endpoint_auth_method === 'none') {
    throw new OAuthError('unauthorized_client', 'client_credentials is for clients that authenticate', {
      reason: 'client_is_public',
    });
  }
  if (client.origin !== 'preset' && !config.demoMode) {
    throw new OAuthError(
      'unauthorized_client',
      'client_credentials is for clients that are configured here',
      { reason: 'client_not_preset' },
    );
  }
  // Who names a client by the URL of its document picks its client_id, and with that the sub of its tokens.
  if (users.has(client.client_id)) {
    throw new OAuthError('unauthorized_client', 'this client is called like a user', {
      reason: 'client_called_like_user',
    });
  }
}

/**
 * What is asked for, as far as the client is registered for it; without a registered scope that is the default one.
 * `offline_access` asks for a refresh token, which there is not.
 */
function scopeOf({ capabilities }: Services, { metadata }: ClientRecord, asked: string | undefined): string {
  const registered = parseScope(metadata.scope ?? '') ?? [];
  const limit = (registered.length > 0 ? registered : capabilities.defaultScopes).filter(
    (scope) => scope !== OFFLINE_ACCESS && capabilities.scopes.includes(scope),
  );
  const scope = grantableScope(asked, { scopes: capabilities.scopes, defaultScopes: limit });
  if (scope !== '' && missingScopes(scope.split(' '), limit).length === 0) return scope;
  const mayHave = limit.length > 0 ? formatScope(limit) : 'no scope that is served here';
  throw new OAuthError('invalid_scope', `this client may have ${mayHave}`, {
    reason: 'scope_not_registered',
  });
}
