import { readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { findClient } from '../clients/directory.js';
import { nameOf } from '../clients/name.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { pagePath } from '../metadata.js';
import { openInteraction, takeInteraction } from '../owner/interaction.js';
import { loginPage } from '../owner/pages/login-page.js';
import { renderPage } from '../owner/pages/page.js';
import { signIn, type SignInResult } from '../owner/sign-in.js';
import { DEMO_USERNAME } from '../owner/users.js';
import type { Services } from '../services.js';
import type { ClientRecord, InteractionRecord } from '../store/records.js';

/** Takes the login form: leads to the consent page, or to the login page again. */
export function loginEndpoint(services: Services): Endpoint {
  return async (c) => {
    const form = await readForm(c.req.raw);
    const interaction = await takeInteraction(services, c.req.raw, form);
    const client = await clientOf(services, interaction);
    const result = await signIn(services, form.get('username') ?? '', form.get('password') ?? '');
    return result.outcome === 'signed-in'
      ? askConsent(services, client, interaction, result)
      : askAgain(c, services, client, interaction, result);
  };
}

/** Redirects to the consent page, so that neither reloading it nor going back to it posts the password again. */
async function askConsent(
  services: Services,
  client: ClientRecord,
  { request, browser_hash }: InteractionRecord,
  { sub, demo }: Extract<SignInResult, { outcome: 'signed-in' }>,
): Promise<Response> {
  services.emit({ kind: 'login.succeeded', client_id: client.client_id, sub, demo });
  const csrfToken = await openInteraction(services, { request, browser_hash, sub });
  return new Response(null, {
    status: 303,
    headers: {
      location: `${pagePath(services.config.issuer, 'consent')}?interaction=${csrfToken}`,
      'cache-control': 'no-store',
    },
  });
}

async function askAgain(
  c: AppContext,
  services: Services,
  client: ClientRecord,
  interaction: InteractionRecord,
  result: Exclude<SignInResult, { outcome: 'signed-in' }>,
): Promise<Response> {
  const { config, random, users, emit } = services;
  const { reason, failures } = result;
  emit({ kind: 'login.failed', client_id: client.client_id, reason, failures }, 'warning');
  c.set('reason', reason);
  const page = loginPage({
    action: pagePath(config.issuer, 'login'),
    csrfToken: await openInteraction(services, interaction),
    client: nameOf(client),
    demo: users.none,
    failure: failureOf(result),
  });
  return renderPage(random, page);
}

function failureOf(result: Exclude<SignInResult, { outcome: 'signed-in' }>) {
  if (result.outcome === 'slowed') {
    const { seconds, reason } = result;
    const why =
      reason === 'login_busy' ? 'Too many sign-ins at once.' : 'Wrong user name or password, too many times.';
    return {
      message: `${why} Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then try again.`,
      retryAfter: seconds,
    };
  }
  if (result.reason === 'not_the_demo_user') {
    return { message: `In this demo the only user is ${DEMO_USERNAME}; any password will do.` };
  }
  return { message: 'Wrong user name or password.' };
}

/** @throws OAuthError if the interaction is past the login, or its client is gone */
async function clientOf(services: Services, { request, sub }: InteractionRecord): Promise<ClientRecord> {
  const client = await findClient(services, request.client_id);
  if (client && sub === undefined) return client;
  throw new OAuthError('invalid_request', 'this page does not fit; start again from your client', {
    reason: client ? 'interaction_of_other_page' : 'client_unknown',
  });
}
