import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/**
 * `response_mode`, if it is there, is one that is served.
 *
 * @throws OAuthError `invalid_request`
 * @see {@link https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes OAuth 2.0 Multiple Response Types §2.1}
 */
export function checkResponseMode({ parameters, services }: RuleInput): void {
  const asked = parameters.get('response_mode');
  if (asked === undefined || services.capabilities.responseModes.includes(asked)) return;
  throw new OAuthError('invalid_request', 'response_mode must be query', {
    reason: 'response_mode_not_supported',
  });
}
