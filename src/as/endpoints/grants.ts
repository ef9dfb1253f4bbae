import { type Parameters, parseParameters, readForm } from '../../shared/http/body.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { pagePath } from '../metadata.js';
import { recogniseBrowser } from '../owner/browser.js';
import { grantsOfUser, revokeGrantOfUser } from '../owner/grants.js';
import { grantsPage } from '../owner/pages/grants-page.js';
import { renderPage } from '../owner/pages/page.js';
import { checkSessionForm, currentSession, type Session } from '../owner/session.js';
import { showLogin } from '../owner/show-login.js';
import type { Services } from '../services.js';

/** Shows a user what they have allowed. Somebody who is not signed in signs in first, and comes back. */
export function showGrantsEndpoint(services: Services): Endpoint {
  return async (c) => {
    const session = await currentSession(services, c.req.raw);
    return session ? showGrants(c, services, session) : askToSignIn(services, c.req.raw);
  };
}

/** Takes the form of one grant, and ends it. What is not there (any more), or is somebody else's, is left alone. */
export function revokeByUserEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form: Parameters = await readForm(c.req.raw);
    const session = await currentSession(services, c.req.raw);
    if (!session) return askToSignIn(services, c.req.raw);
    checkSessionForm(services, c.req.raw, session, form);
    const revoked = await revokeGrantOfUser(services, session.sub, form.get('grant') ?? '');
    const notice = revoked
      ? `${revoked.client_name ?? revoked.client_id} has no access any more.`
      : 'This access had ended already.';
    return showGrants(c, services, session, notice);
  };
}

async function showGrants(
  c: AppContext,
  services: Services,
  { sub, csrfToken }: Session,
  notice?: string,
): Promise<Response> {
  const { config, random } = services;
  const asked = parseParameters(new URL(c.req.url).searchParams).get('page') ?? '1';
  const page = grantsPage({
    action: pagePath(config.issuer, 'grants'),
    signOutAction: pagePath(config.issuer, 'signOut'),
    csrfToken,
    sub,
    selfContainedTokens: config.tokenFormat === 'jwt',
    grants: await grantsOfUser(services, sub),
    page: /^\d{1,6}$/.test(asked) ? Number(asked) : 1,
    notice,
  });
  return renderPage(random, page);
}

async function askToSignIn(services: Services, request: Request): Promise<Response> {
  const browser = recogniseBrowser(services, request);
  const response = await showLogin(services, { interaction: { browser_hash: browser.hash } });
  response.headers.append('set-cookie', browser.cookie);
  return response;
}
