import { OAuthError } from '../oauth/errors.js';

/**
 * The refusal of somebody who asks too often.
 *
 * @param what they did too often, in the plural
 * @param wait seconds until the next try is looked at
 * @see {@link https://www.rfc-editor.org/rfc/rfc6585#section-4 RFC 6585 §4}
 */
export function tooMany(what: string, wait: number): OAuthError {
  const when = wait === 1 ? 'in a second' : `in ${wait} seconds`;
  return new OAuthError('temporarily_unavailable', `too many ${what} from your address; try again ${when}`, {
    status: 429,
    reason: 'rate_limited',
    headers: { 'retry-after': String(wait) },
  });
}
