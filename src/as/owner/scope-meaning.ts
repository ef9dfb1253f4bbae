/** What a scope means, for the consent page. */
export function meaningOfScope(scope: string): string {
  if (scope === 'user') return 'know who you are, and act as you at the resource';
  if (scope === 'offline_access') return 'stay connected while you are away, with a refresh token';
  return 'whatever the resource takes this scope for';
}
