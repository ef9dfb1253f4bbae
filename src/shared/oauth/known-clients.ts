/** A guess at which program stands behind a client, and what the guess rests on. */
export interface ClientGuess {
  readonly name: string;
  readonly evidence: string;
}

/** Redirect URIs by which real clients can be told; the first that matches wins. */
const BY_REDIRECT_URI: readonly (readonly [RegExp, string])[] = [
  [/^https:\/\/(insiders\.)?vscode\.dev\/redirect$/, 'VS Code'],
  [/^http:\/\/(127\.0\.0\.1|localhost):33418\//, 'VS Code'],
  [/^cursor:\/\/anysphere\.cursor-mcp\//, 'Cursor'],
  [/^https:\/\/www\.cursor\.com\/agents\//, 'Cursor'],
  [/^http:\/\/localhost:8787\/callback$/, 'Cursor'],
  [/^http:\/\/(127\.0\.0\.1|localhost):627[46]\/oauth\/callback/, 'MCP Inspector'],
  [/^https:\/\/claude\.ai\//, 'claude.ai'],
  [/^http:\/\/localhost:\d+\/oauth\/callback$/, 'mcp-remote'],
  [/^http:\/\/localhost:\d+\/callback$/, 'Claude Code'],
];

/** Guesses the client from a redirect URI; undefined where nothing points anywhere. */
export function guessClient(redirectUri: string): ClientGuess | undefined {
  const known = BY_REDIRECT_URI.find(([pattern]) => pattern.test(redirectUri));
  return known && { name: known[1], evidence: `redirect URI ${redirectUri}` };
}
