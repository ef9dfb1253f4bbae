import type { Challenge } from '../../shared/oauth/www-authenticate.js';
import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange.js';
import { checked, headerEvidence } from './checked.js';

/** What a 401 to a request without a token settles. */
export function checkChallenge(response: HttpResponse, bearer: Challenge | undefined): readonly StepCheck[] {
  const header = headerEvidence(response.headers, 'www-authenticate');
  const { resource_metadata: metadata, scope, error } = bearer?.parameters ?? {};
  return [
    checked('rs.challenge-bearer', bearer !== undefined, `${response.status}, ${header}`),
    checked(
      'rs.challenge-resource-metadata',
      metadata !== undefined,
      metadata === undefined ? 'no resource_metadata' : `resource_metadata=${metadata}`,
    ),
    checked('rs.challenge-scope', scope !== undefined, scope === undefined ? 'no scope' : `scope=${scope}`),
    checked(
      'rs.challenge-no-error',
      error === undefined,
      error === undefined ? 'no error' : `error=${error}`,
    ),
    ...(scope === undefined ? [] : [offlineAccess(scope.split(' '), 'the challenge')]),
  ];
}

/** Refresh tokens are a matter between client and authorization server; a resource does not need them. */
export function offlineAccess(scopes: readonly string[], where: string): StepCheck {
  const named = scopes.includes('offline_access');
  return checked('rs.no-offline-access', !named, `${where} names ${scopes.join(' ') || 'no scope'}`);
}
