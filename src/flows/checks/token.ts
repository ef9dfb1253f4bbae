import { mediaTypeOf } from '../../shared/http/body.js';
import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange.js';
import { checked, headerEvidence, isNoStore } from './checked.js';

/** The members of a token response that rules speak of, as they came. */
export interface TokenMembers {
  readonly access_token?: unknown;
  readonly token_type?: unknown;
  readonly expires_in?: unknown;
  readonly refresh_token?: unknown;
}

/** What a successful token response settles. */
export function checkTokenResponse(response: HttpResponse, members: TokenMembers): readonly StepCheck[] {
  const { access_token: token, token_type: type, expires_in: expiresIn, refresh_token: refresh } = members;
  return [
    checked(
      'as.token-type',
      typeof token === 'string' &&
        token !== '' &&
        typeof type === 'string' &&
        type.toLowerCase() === 'bearer',
      `access_token ${typeof token === 'string' ? 'present' : 'missing'}, token_type ${JSON.stringify(type) ?? 'missing'}`,
    ),
    checked(
      'as.token-json',
      mediaTypeOf(response.headers.get('content-type')) === 'application/json',
      headerEvidence(response.headers, 'content-type'),
    ),
    checked(
      'as.token-no-store',
      isNoStore(response.headers),
      headerEvidence(response.headers, 'cache-control'),
    ),
    checked(
      'as.token-expires-in',
      typeof expiresIn === 'number' && expiresIn > 0,
      `expires_in ${JSON.stringify(expiresIn) ?? 'missing'}`,
    ),
    checked(
      'as.refresh-token',
      typeof refresh === 'string',
      typeof refresh === 'string' ? 'present' : 'none: when the token ends, the user signs in again',
    ),
  ];
}
