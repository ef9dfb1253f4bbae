import { OAuthError } from '../../shared/oauth/errors.js';
import { formatScope, missingScopes, parseScope } from '../../shared/oauth/scope.js';
import type { RuleInput } from './input.js';

/**
 * Every scope that is asked for can be granted. A request without `scope` gets the default.
 *
 * @returns the scope, in the order in which it was asked for
 * @throws OAuthError `invalid_scope`
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749 §3.3}
 */
export function checkScope({ parameters, services }: RuleInput): string {
  const { scopes, defaultScopes } = services.capabilities;
  const asked = parameters.get('scope');
  if (asked === undefined) return formatScope(defaultScopes);
  const tokens = parseScope(asked);
  if (!tokens || missingScopes(tokens, scopes).length > 0) {
    throw new OAuthError('invalid_scope', `scope may hold ${formatScope(scopes)}`, {
      reason: tokens ? 'scope_unknown' : 'scope_malformed',
    });
  }
  return formatScope(tokens.length > 0 ? tokens : defaultScopes);
}
