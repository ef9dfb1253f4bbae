import type { Parameters } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import type { InteractionRecord } from '../store/records.js';
import { newSecret } from '../tokens/opaque.js';
import { readBrowserCookie } from './browser-cookie.js';

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
  checkSameSite(services, request);
  const id = hashSecret(form.get('csrf_token') ?? '');
  return boundToBrowser(services, request, await services.store.take('interaction', id));
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
  return boundToBrowser(services, request, await services.store.get('interaction', id));
}

function boundToBrowser(
  services: Services,
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
  const cookie = readBrowserCookie(services.config.issuer, request.headers.get('cookie'));
  if (cookie === undefined || hashSecret(cookie) !== interaction.browser_hash) {
    throw new OAuthError('invalid_request', 'this page was opened in another browser, or cookies are off', {
      reason: 'csrf_mismatch',
    });
  }
  return interaction;
}

/** A form of ours is posted from our own page; a browser says where it comes from, and other programs need not. */
function checkSameSite({ config }: Services, request: Request): void {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  const own = [new URL(config.issuer).origin, new URL(request.url).origin];
  const foreign =
    origin === null ? site !== null && site !== 'same-origin' && site !== 'none' : !own.includes(origin);
  if (foreign) {
    throw new OAuthError('invalid_request', 'this form was posted by another site', {
      status: 403,
      reason: 'origin_not_allowed',
    });
  }
}
