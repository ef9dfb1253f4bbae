import { OAuthError } from '../../shared/oauth/errors.js';
import { isS256Challenge } from '../../shared/oauth/pkce.js';
import type { RuleInput } from './input.js';

/**
 * Every client uses PKCE, with S256. `plain`, which is also what a missing method means, is not served.
 *
 * @returns the challenge
 * @throws OAuthError `invalid_request`
 * @see {@link https://www.rfc-editor.org/rfc/rfc7636#section-4.4.1 RFC 7636 §4.4.1}
 */
export function checkPkce({ parameters, services }: RuleInput): string {
  const challenge = parameters.get('code_challenge');
  if (challenge === undefined) {
    throw new OAuthError('invalid_request', 'code_challenge is missing: PKCE is required', {
      reason: 'pkce_missing',
    });
  }
  const method = parameters.get('code_challenge_method') ?? 'plain';
  if (!services.capabilities.codeChallengeMethods.includes(method)) {
    throw new OAuthError('invalid_request', 'code_challenge_method must be S256', {
      reason: 'pkce_method_not_supported',
    });
  }
  if (!isS256Challenge(challenge)) {
    throw new OAuthError('invalid_request', 'code_challenge is not a base64url SHA-256', {
      reason: 'pkce_challenge_malformed',
    });
  }
  return challenge;
}
