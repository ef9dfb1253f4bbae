import type { Parameters } from '../../shared/http/body.js';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { isCodeVerifier, s256Challenge } from '../../shared/oauth/pkce.js';
import { routeOf } from '../../shared/oauth/routes.js';
import { constantTimeEqual, hashSecret } from '../../shared/secret.js';
import { keepUsedClient } from '../clients/directory.js';
import { tellByStatus200, tellOnce } from '../clients/told-to-register.js';
import { recordFlow } from '../clients/usage.js';
import type { Services } from '../services.js';
import type { AuthorizationCodeRecord, ClientRecord } from '../store/records.js';
import { endUnusedGrants } from '../tokens/grant-cap.js';
import { grantSeconds, issueTokens } from '../tokens/issue.js';
import { prolongGrant } from '../tokens/prolong-grant.js';
import { revokeGrant, revokeReplayed } from '../tokens/revoke-grant.js';
import { issueVoidToken } from '../tokens/void-token.js';
import type { GrantHandler } from './grant-handler.js';
import { narrowResource } from './narrow.js';

/**
 * Redeems an authorization code. The code is taken out of the store before it is looked at, so it can be presented once
 * only, whether or not it is presented rightly.
 *
 * @throws OAuthError `invalid_request`, `invalid_grant`, `invalid_target`
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.1.3 OAuth 2.1 §4.1.3}
 */
export const redeemAuthorizationCode: GrantHandler = async (services, client, parameters) => {
  const id = hashSecret(required(parameters, 'code'));
  const verifier = required(parameters, 'code_verifier');
  await checkGrant(services, id);
  const code = await services.store.take('authorization_code', id);
  if (!code) {
    const replayed = await revokeReplayed(
      services,
      id,
      'code_replayed',
      ({ client_id, code_challenge = '' }) =>
        client_id === client.client_id && isVerifierOf(verifier, code_challenge),
    );
    throw invalidGrant('the code is not valid', replayed ? 'code_replayed' : 'code_unknown');
  }
  const resource = await boundToRequest(services, code, client, parameters, verifier);
  const told = await tellOnce(services, client);
  if (told === 'http_200') throw await tellByStatus200(services, code);
  // Where a second presentation has ended the grant meanwhile, this one still succeeds, and what it gets is void.
  await prolongGrant(services, client, code.grant_id);
  await endUnusedGrants(services, code, grantSeconds(services, client));
  const flows = await recordFlow(services, client.client_id);
  await keepUsedClient(services, client);
  const issue = told === 'void_token' ? issueVoidToken : issueTokens;
  return issue(services, {
    grant_type: 'authorization_code',
    grant_id: code.grant_id,
    client,
    sub: code.sub,
    granted: { scope: code.scope, resource: code.resource },
    access: { scope: code.scope, resource },
    route: routeOf(client.origin, flows - 1),
    flows,
  });
};

/**
 * A code is worth nothing once its user has revoked the grant. Looked at before the code is taken: of any number of
 * racers one still wins, as they end the grant only after that.
 */
async function checkGrant({ store }: Services, id: string): Promise<void> {
  const code = await store.get('authorization_code', id);
  if (code && !(await store.get('grant', code.grant_id))) {
    throw invalidGrant('the code is not valid', 'grant_revoked');
  }
}

/** Checks what the code is bound to; a wrong presentation ends its grant. */
async function boundToRequest(
  services: Services,
  code: AuthorizationCodeRecord,
  client: ClientRecord,
  parameters: Parameters,
  verifier: string,
): Promise<readonly string[]> {
  try {
    checkBinding(code, client, parameters, verifier);
    return narrowResource(code.resource, parameters.all('resource'));
  } catch (thrown) {
    if (thrown instanceof OAuthError) await revokeGrant(services, code.grant_id, thrown.reason);
    throw thrown;
  }
}

function checkBinding(
  code: AuthorizationCodeRecord,
  client: ClientRecord,
  parameters: Parameters,
  verifier: string,
): void {
  if (code.client_id !== client.client_id) {
    throw invalidGrant('the code is not valid', 'code_of_other_client');
  }
  const redirectUri = parameters.get('redirect_uri');
  // RFC 6749 §4.1.3: repeated here if the authorization request had it. Clients in the field do that.
  if (redirectUri !== undefined && redirectUri !== code.redirect_uri) {
    throw invalidGrant('redirect_uri is not the one of the authorization request', 'redirect_uri_mismatch');
  }
  if (redirectUri === undefined && code.redirect_uri_sent) {
    throw invalidGrant(
      'redirect_uri is missing, though the authorization request had it',
      'redirect_uri_mismatch',
    );
  }
  if (!isVerifierOf(verifier, code.code_challenge)) {
    throw invalidGrant('code_verifier does not belong to the code_challenge', 'pkce_verifier_mismatch');
  }
}

function isVerifierOf(verifier: string, challenge: string): boolean {
  return isCodeVerifier(verifier) && constantTimeEqual(s256Challenge(verifier), challenge);
}

function required(parameters: Parameters, name: 'code' | 'code_verifier'): string {
  const value = parameters.get(name);
  if (value !== undefined) return value;
  throw new OAuthError('invalid_request', `${name} is missing`, { reason: `${name}_missing` });
}

function invalidGrant(description: string, reason: RefusalReason): OAuthError {
  return new OAuthError('invalid_grant', description, { reason });
}
