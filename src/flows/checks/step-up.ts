import type { Challenge } from '../../shared/oauth/www-authenticate.js';
import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { offlineAccess } from './challenge.js';
import { checked } from './checked.js';

/**
 * What `insufficient_scope` in answer to a request with a token settles.
 *
 * @param again true if the same request was answered like that before, with other scopes
 */
export function checkScopeChallenge(
  { status }: HttpResponse,
  { parameters }: Challenge,
  again: boolean,
): readonly StepCheck[] {
  const { scope, resource_metadata: metadata } = parameters;
  return [
    checked('rs.insufficient-scope-status', status === 403, `${status} with error=insufficient_scope`),
    checked(
      'rs.insufficient-scope-named',
      scope !== undefined,
      scope === undefined ? 'no scope' : `scope=${scope}`,
    ),
    checked(
      'rs.insufficient-scope-metadata',
      metadata !== undefined,
      metadata === undefined ? 'no resource_metadata' : `resource_metadata=${metadata}`,
    ),
    ...(again
      ? [
          checked(
            'rs.scope-challenge-complete',
            false,
            `the same request needs more again: ${scope ?? 'no scope named'}`,
          ),
        ]
      : []),
    ...(scope === undefined ? [] : [offlineAccess(scope.split(' '), 'the challenge')]),
  ];
}

/** What it settles that the request was answered with the new token. */
export function checkScopeSufficed(operation: string, scope: string, times: number): readonly StepCheck[] {
  const evidence = `${operation} was answered with a token for "${scope}"`;
  return [
    checked('rs.scope-challenge-sufficient', true, evidence),
    ...(times === 1 ? [checked('rs.scope-challenge-complete', true, evidence)] : []),
  ];
}
