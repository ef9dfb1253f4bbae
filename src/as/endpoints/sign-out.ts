import { readForm } from '../../shared/http/body.js';
import type { Endpoint } from '../front/app-env.js';
import { pagePath } from '../metadata.js';
import { renderPage } from '../owner/pages/page.js';
import { signedOutPage } from '../owner/pages/signed-out-page.js';
import { checkSessionForm, currentSession, endSession } from '../owner/session.js';
import type { Services } from '../services.js';

/** Ends the session of a browser. What the user has allowed stays allowed. */
export function signOutEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const session = await currentSession(services, c.req.raw);
    const page = signedOutPage(pagePath(services.config.issuer, 'grants'));
    if (!session) return renderPage(services.random, page);
    checkSessionForm(services, c.req.raw, session, form);
    const cookie = await endSession(services, c.req.raw);
    services.emit({ kind: 'session.ended', sub: session.sub });
    return renderPage(services.random, { ...page, headers: { 'set-cookie': cookie } });
  };
}
