import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/** VS Code's, which hold a whole URL, are some hundred characters long. */
const MAX_STATE_LENGTH = 4096;

/**
 * `state` is the client's own affair and comes back as it is, unless it is so long that no redirect could carry it.
 *
 * @throws OAuthError `invalid_request`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function checkState({ parameters }: RuleInput): string | undefined {
  const state = parameters.get('state');
  if (state === undefined || state.length <= MAX_STATE_LENGTH) return state;
  throw new OAuthError('invalid_request', `state is longer than ${MAX_STATE_LENGTH} characters`, {
    reason: 'state_too_long',
  });
}
