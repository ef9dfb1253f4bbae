/** One scope token, as RFC 6749 §3.3 spells it: printable ASCII without space, quote and backslash. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** Whether a text is one scope token, and nothing beside it. */
export function isScopeToken(text: string): boolean {
  return SCOPE_TOKEN.test(text);
}

/**
 * Parses the wire form of a scope into its tokens, in order, each once.
 *
 * @returns undefined if a token has a character that is not allowed
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.3 RFC 6749 §3.3}
 */
export function parseScope(scope: string): readonly string[] | undefined {
  const tokens = [...new Set(scope.split(' ').filter((token) => token !== ''))];
  return tokens.every((token) => SCOPE_TOKEN.test(token)) ? tokens : undefined;
}

/** The wire form: tokens joined by one space. */
export function formatScope(tokens: readonly string[]): string {
  return tokens.join(' ');
}

/** The tokens of `required` that `granted` lacks. */
export function missingScopes(required: readonly string[], granted: readonly string[]): readonly string[] {
  return required.filter((token) => !granted.includes(token));
}
