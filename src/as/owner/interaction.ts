import type { Parameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { InteractionRecord } from '../store/records.js';
import { newSecret } from '../tokens/opaque.js';
import { readCookie } from './cookies.js';
import { checkSameSite } from './same-site.js';

/** How long a page waits for its user, in seconds. */
const INTERACTION_SECONDS = 15 * 60;

/**
 * Stores what a page waits for.
 *
 * @returns the CSRF token for the page's form, which is also how the page is found again. It cannot be guessed, is good
 *   for one use, and only in the browser whose cookie the record is bound to.
 */
export async function openInteraction(services: Services, interaction: InteractionRecord): Promise<string> {
  const { secret, id } = newSecret(services.random);
  await services.store.put('interaction', id, interaction, services.clock.now() + INTERACTION_SECONDS);
  await services.caps.interaction();
  return secret;
}

/**
 * Takes up what a posted form belongs to; the same form can't be posted again.
 *
 * @throws OAuthError `invalid_request` if it was posted before or has expired, or by another site or browser
 */
export async function takeInteraction(
  services: Services,
  request: Request,
  form: Parameters,
): Promise<InteractionRecord> {
  checkSameSite(services.config, request);
  const id = idOf(form);
  // Looked at before it is taken: what is said of an answered page is said as often as it is posted.
  undecided(boundToBrowser(services, request, await services.store.get('interaction', id)));
  return undecided(boundToBrowser(services, request, await services.store.take('interaction', id)));
}

/** Remembers for a while that a page was answered, for somebody who clicks twice or goes back to it. */
export async function closeInteraction(
  { store, clock }: Services,
  form: Parameters,
  { browser_hash }: InteractionRecord,
  decided: 'allow' | 'deny',
): Promise<void> {
  await store.put('interaction', idOf(form), { browser_hash, decided }, clock.now() + INTERACTION_SECONDS);
}

function idOf(form: Parameters): string {
  return hashSecret(form.get('csrf_token') ?? '');
}

/**
 * Looks at what a page waits for, to show the page.
 *
 * @param csrfToken as {@link openInteraction} returned it
 * @throws OAuthError `invalid_request` if the form was posted before or has expired, or belongs to another browser
 */
export async function readInteraction(
  services: Services,
  request: Request,
  csrfToken: string,
): Promise<InteractionRecord> {
  const id = hashSecret(csrfToken);
  return undecided(boundToBrowser(services, request, await services.store.get('interaction', id)));
}

function undecided(interaction: InteractionRecord): InteractionRecord {
  if (interaction.decided === undefined) return interaction;
  const what = interaction.decided === 'allow' ? 'allowed' : 'denied';
  throw new OAuthError('invalid_request', `you have ${what} it`, { reason: 'interaction_decided' });
}

function boundToBrowser(
  { config }: Services,
  request: Request,
  interaction: InteractionRecord | undefined,
): InteractionRecord {
  if (!interaction) {
    throw new OAuthError(
      'invalid_request',
      'this page was used already or is too old; start again from your client',
      { reason: 'interaction_unknown' },
    );
  }
  const cookie = readCookie(config.issuer, 'browser', request);
  if (cookie === undefined || hashSecret(cookie) !== interaction.browser_hash) {
    throw new OAuthError('invalid_request', 'this page was opened in another browser, or cookies are off', {
      reason: 'csrf_mismatch',
    });
  }
  return interaction;
}
