import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/**
 * `max_age`, if it is there, is a number of seconds.
 *
 * @returns how long ago the user may have signed in at most
 * @throws OAuthError `invalid_request`
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest OpenID Connect Core §3.1.2.1}
 */
export function checkMaxAge({ parameters }: RuleInput): number | undefined {
  const asked = parameters.get('max_age');
  if (asked === undefined) return undefined;
  if (/^\d{1,12}$/.test(asked)) return Number(asked);
  throw new OAuthError('invalid_request', 'max_age must be a number of seconds', {
    reason: 'max_age_malformed',
  });
}
