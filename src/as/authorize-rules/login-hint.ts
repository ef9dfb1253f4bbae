import { MAX_USERNAME_LENGTH } from '../owner/users.js';
import type { RuleInput } from './input.js';

/**
 * `login_hint` is a hint and never a reason to refuse: one that can't be a user name counts as left out.
 *
 * @returns who the client believes that its user is
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest OpenID Connect Core §3.1.2.1}
 */
export function readLoginHint({ parameters }: RuleInput): string | undefined {
  const hint = parameters.get('login_hint');
  const usable = hint !== undefined && hint.length <= MAX_USERNAME_LENGTH && !/\p{C}/u.test(hint);
  return usable ? hint : undefined;
}
