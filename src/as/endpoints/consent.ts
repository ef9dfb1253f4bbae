import { parseParameters, readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { redirectToClient } from '../authorization-response.js';
import { findClient } from '../clients/directory.js';
import { willBeTold } from '../clients/told-to-register.js';
import type { Endpoint } from '../front/app-env.js';
import { matchRedirectUri } from '../clients/redirect-uris.js';
import { pagePath } from '../metadata.js';
import { closeInteraction, readInteraction, takeInteraction } from '../owner/interaction.js';
import { consentPage } from '../owner/pages/consent-page.js';
import { renderPage } from '../owner/pages/page.js';
import { scopesAllowedBefore } from '../owner/remembered-consent.js';
import { currentSession } from '../owner/session.js';
import { showLogin } from '../owner/show-login.js';
import type { Services } from '../services.js';
import type { InteractionRecord } from '../store/records.js';
import { grantSeconds, issueCode, mayRefresh } from '../tokens/issue.js';
import type { SignedInRequest } from './proceed.js';

/** Shows the consent page to somebody who has signed in; nothing is decided by that. */
export function showConsentEndpoint(services: Services): Endpoint {
  return async (c) => {
    const csrfToken = parseParameters(new URL(c.req.url).searchParams).get('interaction') ?? '';
    const { issuer } = services.config;
    const interaction = await readInteraction(services, c.req.raw, csrfToken);
    const asking = await signedIn(services, c.req.raw, interaction);
    const page = consentPage({
      ...asking,
      allowedBefore: await scopesAllowedBefore(services, asking.client, asking.request, asking.sub),
      lifetime: {
        seconds: grantSeconds(services, asking.client),
        renewed: mayRefresh(services, asking.client),
      },
      asksTwice: await willBeTold(services, asking.client),
      action: pagePath(issuer, 'consent'),
      csrfToken,
      grantsPath: pagePath(issuer, 'grants'),
    });
    return renderPage(services.random, page);
  };
}

/**
 * Takes the consent form, and sends the user back to the client with a code or with `access_denied`; or to the login
 * page, if they are not who the page says.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function consentEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const interaction = await takeInteraction(services, c.req.raw, form);
    const { client, request, sub } = await signedIn(services, c.req.raw, interaction);
    const decision = form.get('decision');
    if (decision === 'switch_account') return showLogin(services, { interaction, client });
    if (decision !== 'allow' && decision !== 'deny') throw doesNotFit();
    await closeInteraction(services, form, interaction, decision);
    const { scope, resource } = request;
    services.emit({
      kind: 'consent.decided',
      client_id: client.client_id,
      sub,
      decision,
      scope,
      resource,
    });
    const answer: Readonly<Record<string, string>> =
      decision === 'allow'
        ? { code: await issueCode(services, client, request, sub) }
        : { error: 'access_denied', error_description: 'the user did not allow it' };
    return redirectToClient(request, services.config.issuer, answer, 303);
  };
}

/**
 * @throws OAuthError if it is another page that waits, the client or its redirect URI is gone, or the user is not signed
 *   in any more
 */
async function signedIn(
  services: Services,
  raw: Request,
  { request, sub, browser_hash }: InteractionRecord,
): Promise<SignedInRequest> {
  const client = request && (await findClient(services, request.client_id));
  if (!request || !client || sub === undefined) throw doesNotFit();
  matchRedirectUri(services.config, client, request.redirect_uri);
  const session = await currentSession(services, raw);
  if (session?.sub !== sub) {
    throw new OAuthError(
      'invalid_request',
      `${session ? 'somebody else has signed in' : 'you have been signed out'} since; start again from your client`,
      { reason: 'session_changed' },
    );
  }
  return { client, request, sub, browser_hash };
}

function doesNotFit(): OAuthError {
  return new OAuthError('invalid_request', 'this page does not fit; start again from your client', {
    reason: 'interaction_of_other_page',
  });
}
