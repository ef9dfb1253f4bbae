import { readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { fingerprint, hashSecret } from '../../shared/secret.js';
import { authenticateWithinLimits } from '../limits/client-authentication.js';
import type { Endpoint } from '../front/app-env.js';
import type { Services } from '../services.js';
import { revokeGrant } from '../tokens/revoke-grant.js';

/**
 * Lets a client give its tokens back. With a refresh token everything goes that came from the same grant.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2 RFC 7009 §2}
 */
export function revokeEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const client = await authenticateWithinLimits(services, c, form);
    const token = form.get('token');
    if (token === undefined) {
      throw new OAuthError('invalid_request', 'token is missing', { reason: 'token_missing' });
    }
    const found = await revoke(services, client.client_id, hashSecret(token));
    services.emit({
      kind: 'token.revoked',
      client_id: client.client_id,
      token: fingerprint(token),
      found,
    });
    return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } });
  };
}

/** @throws OAuthError `invalid_grant` for a token of another client (RFC 7009 §2.1) */
async function revoke(services: Services, clientId: string, id: string): Promise<boolean> {
  const { store } = services;
  // Looked up among all that were issued: one that was exchanged already still names its grant, so that signing out
  // during a refresh leaves nothing behind.
  const ofGrant = await store.get('issued', id);
  const token = ofGrant ?? (await store.get('access_token', id));
  if (!token) return false;
  if (token.client_id !== clientId) {
    throw new OAuthError('invalid_grant', 'the token was issued to another client', {
      reason: 'token_of_other_client',
    });
  }
  if (ofGrant) await revokeGrant(services, ofGrant.grant_id, 'revoked_by_client');
  else await store.take('access_token', id);
  return true;
}
