import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { checked, cut } from './checked.js';

/**
 * What a token request that was refused settles. A server that has no time for it, or has fallen over, is no matter of
 * the rules.
 *
 * @param error of the body, if it is an OAuth error
 */
export function checkTokenRefusal(response: HttpResponse, error: string | undefined): readonly StepCheck[] {
  const { status } = response;
  const said = `${status}, ${error === undefined ? 'no OAuth error in JSON' : `error ${cut(error)}`}`;
  if (status === 429 || status >= 500) return [];
  return [
    checked('as.token-error-status', status === 400 || status === 401, said),
    checked(
      'as.token-error-body',
      error !== undefined && /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/.test(error),
      said,
    ),
  ];
}
