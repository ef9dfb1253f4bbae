import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange.js';
import { checked, headerEvidence, isNoStore } from './checked.js';

/** The members of a registration response that rules speak of, as they came. */
export interface RegistrationMembers {
  readonly client_id?: unknown;
  readonly client_secret?: unknown;
  readonly client_secret_expires_at?: unknown;
}

/** What the answer to POST /register settles, if it was not an error. */
export function checkRegistration(
  response: HttpResponse,
  members: RegistrationMembers,
): readonly StepCheck[] {
  const hasId = typeof members.client_id === 'string' && members.client_id !== '';
  const hasSecret = typeof members.client_secret === 'string';
  return [
    checked(
      'as.registration-created',
      response.status === 201 && hasId,
      `${response.status}, client_id ${hasId ? 'present' : 'missing'}`,
    ),
    checked(
      'as.registration-secret-expiry',
      hasSecret ? typeof members.client_secret_expires_at === 'number' : undefined,
      hasSecret
        ? `client_secret_expires_at ${JSON.stringify(members.client_secret_expires_at) ?? 'missing'}`
        : 'no client_secret',
    ),
    checked(
      'as.registration-no-store',
      isNoStore(response.headers),
      headerEvidence(response.headers, 'cache-control'),
    ),
  ];
}
