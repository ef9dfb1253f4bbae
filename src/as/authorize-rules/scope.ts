import { OAuthError } from '../../shared/oauth/errors.js';
import { formatScope, missingScopes, parseScope } from '../../shared/oauth/scope.js';
import type { Capabilities } from '../capabilities.js';
import type { RuleInput } from './input.js';

/**
 * Every scope that is asked for can be granted. A request without `scope` gets the default. What the client registered
 * as its `scope` is no limit here: the user decides.
 *
 * @returns the scope, in the order in which it was asked for
 * @throws OAuthError `invalid_scope`
 */
export function checkScope({ parameters, services }: RuleInput): string {
  return grantableScope(parameters.get('scope'), services.capabilities);
}

/**
 * What a request for this scope comes to.
 *
 * @param asked the parameter `scope`, if the request has it
 * @throws OAuthError `invalid_scope` if one of them cannot be granted
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749 §3.3}
 */
export function grantableScope(
  asked: string | undefined,
  { scopes, defaultScopes }: Pick<Capabilities, 'scopes' | 'defaultScopes'>,
): string {
  const tokens = parseScope(asked ?? '');
  if (!tokens || missingScopes(tokens, scopes).length > 0) {
    throw new OAuthError('invalid_scope', `scope may hold ${formatScope(scopes)}`, {
      reason: tokens ? 'scope_unknown' : 'scope_malformed',
    });
  }
  return formatScope(tokens.length > 0 ? tokens : defaultScopes);
}
