import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/**
 * `prompt`, if it is there, lists values that are served, `none` only by itself. An unknown one is refused and not
 * ignored: the client has no other way to learn that its user was not asked what it wanted.
 *
 * @returns the values, each once
 * @throws OAuthError `invalid_request`
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest OpenID Connect Core §3.1.2.1}
 * @see {@link https://openid.net/specs/openid-connect-prompt-create-1_0.html#section-4.1 Initiating User Registration §4.1}
 */
export function checkPrompt({ parameters, services }: RuleInput): readonly string[] {
  const served = services.capabilities.promptValues;
  const asked = (parameters.get('prompt') ?? '').split(' ').filter((value) => value !== '');
  if (!asked.every((value) => served.includes(value))) {
    throw new OAuthError('invalid_request', `prompt may hold ${served.join(', ')}`, {
      reason: 'prompt_not_supported',
    });
  }
  const values = [...new Set(asked)];
  if (values.length > 1 && values.includes('none')) {
    throw new OAuthError('invalid_request', 'prompt has none beside another value', {
      reason: 'prompt_contradictory',
    });
  }
  return values;
}
