import { redirectToClient } from '../authorization-response.js';
import { matchRedirectUri } from '../clients/redirect-uris.js';
import { pagePath } from '../metadata.js';
import { openInteraction } from '../owner/interaction.js';
import { needsConsent } from '../owner/next-step.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord } from '../store/records.js';
import { issueCode } from '../tokens/issue.js';

/** An accepted request, and the user who has signed in for it. */
export interface SignedInRequest {
  readonly client: ClientRecord;
  readonly request: AuthorizationRequest;
  readonly sub: string;
  readonly browser_hash: string;
}

/**
 * Goes on with a user who has signed in: to the consent page, or, where they need not be asked, back to the client.
 *
 * @throws OAuthError if the client has given the redirect URI up while the login page waited
 * @param status 302, or 303 after a form was posted, so that neither reloading the next page nor going back to it posts
 *   the password again
 */
export async function proceed(
  services: Services,
  { client, request, sub, browser_hash }: SignedInRequest,
  status: 302 | 303,
): Promise<Response> {
  const { config, emit } = services;
  matchRedirectUri(config, client, request.redirect_uri);
  if (!(await needsConsent(services, client, request, sub))) {
    emit({ kind: 'consent.remembered', client_id: client.client_id, sub, scope: request.scope });
    const code = await issueCode(services, client, request, sub);
    return redirectToClient(request, config.issuer, { code }, status);
  }
  const csrfToken = await openInteraction(services, { request, browser_hash, sub });
  return new Response(null, {
    status,
    headers: {
      location: `${pagePath(config.issuer, 'consent')}?interaction=${csrfToken}`,
      'cache-control': 'no-store',
    },
  });
}
