import { readForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { findClient } from '../clients/directory.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { pagePath } from '../metadata.js';
import { takeInteraction } from '../owner/interaction.js';
import type { LoginFailure } from '../owner/pages/login-page.js';
import { startSession } from '../owner/session.js';
import { type LoginOccasion, showLogin } from '../owner/show-login.js';
import { signIn, type SignInResult } from '../owner/sign-in.js';
import { DEMO_USERNAME } from '../owner/users.js';
import type { Services } from '../services.js';
import type { ClientRecord, InteractionRecord } from '../store/records.js';
import { proceed } from './proceed.js';

/** Takes the login form: leads on to what the user signed in for, or to the login page again. */
export function loginEndpoint(services: Services): Endpoint {
  return async (c) => {
    const { peer } = c.env;
    // Before the form is used up: it can be sent again later.
    services.limits.check('login_failures', { peer });
    const form = await readForm(c.req.raw);
    const interaction = await takeInteraction(services, c.req.raw, form);
    const client = await clientOf(services, interaction);
    const username = form.get('username') ?? '';
    const result = await signIn(services, { username, password: form.get('password') ?? '', peer });
    return result.outcome === 'signed-in'
      ? goOn(c, services, client, interaction, result)
      : askAgain(c, services, { interaction, client, username }, result);
  };
}

async function goOn(
  c: AppContext,
  services: Services,
  client: ClientRecord | undefined,
  { request, browser_hash }: InteractionRecord,
  { sub, demo }: Extract<SignInResult, { outcome: 'signed-in' }>,
): Promise<Response> {
  services.emit({ kind: 'login.succeeded', ...(client && { client_id: client.client_id }), sub, demo });
  const { cookie } = await startSession(services, c.req.raw, sub);
  const response =
    client && request
      ? await proceed(services, { client, request, sub, browser_hash }, 303)
      : new Response(null, {
          status: 303,
          headers: { location: pagePath(services.config.issuer, 'grants'), 'cache-control': 'no-store' },
        });
  response.headers.append('set-cookie', cookie);
  return response;
}

async function askAgain(
  c: AppContext,
  services: Services,
  occasion: LoginOccasion,
  result: Exclude<SignInResult, { outcome: 'signed-in' }>,
): Promise<Response> {
  const { client, username } = occasion;
  const { reason, failures } = result;
  services.emit(
    {
      kind: 'login.failed',
      ...(client && { client_id: client.client_id }),
      ...(username !== undefined && services.users.has(username) && { sub: username }),
      reason,
      failures,
    },
    'warning',
  );
  if (reason === 'wrong_password') await services.limits.failed('login_failures', { peer: c.env.peer });
  c.set('reason', reason);
  return showLogin(services, { ...occasion, failure: failureOf(result) });
}

const WHY_SLOWED = {
  login_busy: 'Too many sign-ins at once.',
  login_in_progress: 'Another sign-in with this user name is being checked.',
  login_slowed: 'Wrong user name or password, too many times.',
  wrong_password: 'Wrong user name or password, too many times.',
} as const;

function failureOf(result: Exclude<SignInResult, { outcome: 'signed-in' }>): LoginFailure {
  if (result.outcome === 'slowed') {
    const { seconds, reason } = result;
    return {
      message: `${WHY_SLOWED[reason]} Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then try again.`,
      retryAfter: seconds,
    };
  }
  if (result.reason === 'not_the_demo_user') {
    return { message: `In this demo the only user is ${DEMO_USERNAME}; any password will do.` };
  }
  return { message: 'Wrong user name or password.' };
}

/**
 * @returns undefined where no client asked
 * @throws OAuthError if the interaction is past the login, or its client is gone
 */
async function clientOf(
  services: Services,
  { request, sub }: InteractionRecord,
): Promise<ClientRecord | undefined> {
  const client = request && (await findClient(services, request.client_id));
  if (sub === undefined && (client || !request)) return client;
  throw new OAuthError('invalid_request', 'this page does not fit; start again from your client', {
    reason: sub === undefined ? 'client_unknown' : 'interaction_of_other_page',
  });
}
