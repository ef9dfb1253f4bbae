import { OAuthError } from '../../shared/oauth/errors.js';
import { parseScope } from '../../shared/oauth/scope.js';
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
  const limit = scopesOf(services, client);
  const scope = grantableScope(parameters.get('scope'), { scopes: limit, defaultScopes: limit });
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
function checkMayActForItself({ config }: Services, client: ClientRecord): void {
  if (client.metadata.token_endpoint_auth_method === 'none') {
    throw new OAuthError('unauthorized_client', 'client_credentials is for clients that authenticate', {
      reason: 'client_is_public',
    });
  }
  if (client.origin !== 'preset' && !config.demoMode) {
    throw new OAuthError(
      'unauthorized_client',
      'client_credentials is for clients that are configured here',
      {
        reason: 'client_not_preset',
      },
    );
  }
}

/** The scopes registered for the client that are served here, or the default ones. */
function scopesOf({ capabilities }: Services, { metadata }: ClientRecord): readonly string[] {
  const registered = parseScope(metadata.scope ?? '') ?? [];
  if (registered.length === 0) return capabilities.defaultScopes;
  return registered.filter((scope) => scope !== OFFLINE_ACCESS && capabilities.scopes.includes(scope));
}
