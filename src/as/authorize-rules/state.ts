import { OAuthError } from '../../shared/oauth/errors.js';
import type { RuleInput } from './input.js';

/** VS Code's, which hold a whole URL, are some hundred characters long. */
const MAX_STATE_LENGTH = 4096;

/** What the decoder puts where bytes were not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** Whether a `state` can go back byte for byte: after bytes that are not UTF-8 nobody knows what they were. */
export function isEchoable(state: string): boolean {
  return !state.includes(REPLACEMENT);
}

/**
 * `state` is the client's own affair and comes back as it is, unless no redirect could carry it.
 *
 * @throws OAuthError `invalid_request`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 RFC 6749 §4.1.2}
 */
export function checkState({ parameters }: RuleInput): string | undefined {
  const state = parameters.get('state');
  if (state === undefined) return undefined;
  if (!isEchoable(state)) {
    throw new OAuthError('invalid_request', 'state is not UTF-8', { reason: 'state_malformed' });
  }
  if (state.length <= MAX_STATE_LENGTH) return state;
  throw new OAuthError('invalid_request', `state is longer than ${MAX_STATE_LENGTH} characters`, {
    reason: 'state_too_long',
  });
}
