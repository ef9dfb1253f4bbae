import { SCOPED_TOOLS_HIERARCHY, SCOPED_TOOLS_SCOPES } from '../../shared/oauth/demo.js';

/** What a scope means, for the consent page. */
export function meaningOfScope(scope: string): string {
  if (scope === 'user') return 'know who you are, and act as you at the resource';
  if (scope === 'offline_access') return 'stay connected while you are away, with a refresh token';
  if (scope === SCOPED_TOOLS_SCOPES.whoami) return 'read what is known of your sign-in';
  if (scope === SCOPED_TOOLS_SCOPES.setClock) return 'set the clock that is shown to you';
  if (Object.hasOwn(SCOPED_TOOLS_HIERARCHY, scope))
    return 'do anything with the time, set the clock that is shown to you too';
  return 'whatever the resource takes this scope for';
}
