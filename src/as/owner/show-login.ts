import { nameOf } from '../clients/name.js';
import { pagePath } from '../metadata.js';
import type { Services } from '../services.js';
import type { ClientRecord, InteractionRecord } from '../store/records.js';
import { openInteraction } from './interaction.js';
import { loginPage, type LoginFailure } from './pages/login-page.js';
import { renderPage } from './pages/page.js';
import { MAX_USERNAME_LENGTH } from './users.js';

/** What the login page is shown for. */
export interface LoginOccasion {
  readonly interaction: Pick<InteractionRecord, 'request' | 'browser_hash'>;
  /** who asks; absent where the user came to see their grants */
  readonly client?: ClientRecord | undefined;
  /** what was typed at a try that failed: nobody has to type it again */
  readonly username?: string;
  /** of a try that failed */
  readonly failure?: LoginFailure;
}

/** Shows the login page, and remembers what it is for until it is answered. */
export async function showLogin(
  services: Services,
  { interaction, client, username, failure }: LoginOccasion,
): Promise<Response> {
  const { config, random, users } = services;
  const { request, browser_hash } = interaction;
  const page = loginPage({
    action: pagePath(config.issuer, 'login'),
    csrfToken: await openInteraction(services, { ...(request && { request }), browser_hash }),
    client: client && nameOf(client),
    demo: users.none,
    username: username?.slice(0, MAX_USERNAME_LENGTH) || request?.login_hint,
    failure,
    grantsPath: pagePath(config.issuer, 'grants'),
  });
  return renderPage(random, page);
}
