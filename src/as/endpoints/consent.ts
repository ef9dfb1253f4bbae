import { parseParameters, readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { redirectToClient } from '../authorization-response.js';
import { findClient } from '../clients/directory.js';
import type { Endpoint } from '../front/app-env.js';
import { pagePath } from '../metadata.js';
import { readInteraction, takeInteraction } from '../owner/interaction.js';
import { consentPage } from '../owner/pages/consent-page.js';
import { renderPage } from '../owner/pages/page.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord, InteractionRecord } from '../store/records.js';
import { issueCode } from '../tokens/issue.js';

/** Shows the consent page to somebody who has signed in; nothing is decided by that. */
export function showConsentEndpoint(services: Services): Endpoint {
  return async (c) => {
    const csrfToken = parseParameters(new URL(c.req.url).searchParams).get('interaction') ?? '';
    const asked = await signedIn(services, await readInteraction(services, c.req.raw, csrfToken));
    const action = pagePath(services.config.issuer, 'consent');
    return renderPage(services.random, consentPage({ action, csrfToken, ...asked }));
  };
}

/**
 * Takes the consent form, and sends the user back to the client with a code or with `access_denied`.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function consentEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const interaction = await takeInteraction(services, c.req.raw, form);
    const { client, request, sub } = await signedIn(services, interaction);
    const decision = form.get('decision');
    if (decision !== 'allow' && decision !== 'deny') throw doesNotFit();
    services.emit({ kind: 'consent.decided', client_id: client.client_id, sub, decision });
    const answer: Readonly<Record<string, string>> =
      decision === 'allow'
        ? { code: await issueCode(services, client, request, sub) }
        : { error: 'access_denied', error_description: 'the user did not allow it' };
    return redirectToClient(request, services.config.issuer, answer, 303);
  };
}

interface SignedIn {
  readonly client: ClientRecord;
  readonly request: AuthorizationRequest;
  readonly sub: string;
}

/** @throws OAuthError if it is the login page that waits, or the client is gone */
async function signedIn(services: Services, { request, sub }: InteractionRecord): Promise<SignedIn> {
  const client = await findClient(services, request.client_id);
  if (!client || sub === undefined) throw doesNotFit();
  return { client, request, sub };
}

function doesNotFit(): OAuthError {
  return new OAuthError('invalid_request', 'this page does not fit; start again from your client', {
    reason: 'interaction_of_other_page',
  });
}
