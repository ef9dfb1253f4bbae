import { OAuthError } from '../../shared/oauth/errors.js';
import { isSameResource } from '../../shared/oauth/resource.js';
import { formatScope, missingScopes, parseScope } from '../../shared/oauth/scope.js';

/**
 * The part of the granted resources that a token request asks for: all of them unless it names some.
 *
 * @throws OAuthError `invalid_target` for one that was not granted
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2.2 RFC 8707 §2.2}
 */
export function narrowResource(granted: readonly string[], asked: readonly string[]): readonly string[] {
  if (asked.length === 0) return granted;
  const narrowed = asked.map((uri) => granted.find((one) => isSameResource(one, uri)));
  const known = narrowed.filter((uri) => uri !== undefined);
  if (known.length < asked.length) {
    throw new OAuthError('invalid_target', 'resource is not one that was granted', {
      reason: 'resource_not_granted',
    });
  }
  return [...new Set(known)];
}

/**
 * The part of the granted scope that a refresh asks for: all of it unless it names some.
 *
 * @throws OAuthError `invalid_scope` for one that was not granted
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 RFC 6749 §6}
 */
export function narrowScope(granted: string, asked: string | undefined): string {
  if (asked === undefined) return granted;
  const tokens = parseScope(asked);
  if (!tokens || missingScopes(tokens, granted.split(' ')).length > 0) {
    throw new OAuthError('invalid_scope', 'scope is wider than what was granted', {
      reason: 'scope_not_granted',
    });
  }
  return tokens.length > 0 ? formatScope(tokens) : granted;
}
