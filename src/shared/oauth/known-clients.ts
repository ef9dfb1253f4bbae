/** A guess at which program stands behind a client, and what the guess rests on. */
export interface ClientGuess {
  readonly name: string;
  readonly evidence: string;
}

/** What programs give themselves away by. */
export type SignKind =
  | 'redirect URI'
  | 'metadata document'
  | 'client_name'
  | 'client_uri'
  | 'software_id'
  | 'clientInfo'
  | 'user agent'
  | 'request for metadata';

/**
 * How much a sign is worth. `own`: no other program has it, or the program says so itself; `habit`: others may do the same;
 * `library`: it tells what the program is built with.
 */
export type SignStrength = 'own' | 'habit' | 'library';

/** Something by which a program can be told. */
export interface ClientSign {
  readonly program: string;
  readonly kind: SignKind;
  readonly strength: SignStrength;
}

type Row = readonly [program: string, kind: SignKind, pattern: RegExp, strength?: SignStrength];

/** Of one kind, the first that matches wins. Redirect URIs and documents: from the clients' source and registrations. */
const SIGNS: readonly Row[] = [
  ['VS Code', 'redirect URI', /^https:\/\/(insiders\.)?vscode\.dev\/redirect$/],
  ['VS Code', 'redirect URI', /^http:\/\/(127\.0\.0\.1|localhost):33418\//],
  ['VS Code', 'metadata document', /^https:\/\/vscode\.dev\/oauth\/client-metadata\.json$/],
  ['VS Code', 'client_name', /^(Visual Studio Code|Code - OSS|code-server)( - [A-Za-z]+)?$/],
  ['VS Code', 'client_uri', /^https:\/\/code\.visualstudio\.com\/?$/],
  ['VS Code', 'clientInfo', /^(Visual Studio Code|Code - OSS|code-server)( - [A-Za-z]+)?$/],
  ['VS Code', 'user agent', /^(Visual Studio Code|Code - OSS|code-server)( - [A-Za-z]+)?\//],
  ['Cursor', 'redirect URI', /^cursor:\/\/anysphere\.cursor-mcp\//],
  ['Cursor', 'redirect URI', /^https:\/\/www\.cursor\.com\/agents\//],
  ['Cursor', 'redirect URI', /^http:\/\/localhost:8787\/callback$/, 'habit'],
  ['Cursor', 'client_name', /^Cursor\b/],
  ['Cursor', 'clientInfo', /^cursor\b/i],
  ['MCP Inspector', 'redirect URI', /^http:\/\/(127\.0\.0\.1|localhost):627[46]\/oauth\/callback/],
  ['MCP Inspector', 'client_name', /^MCP Inspector\b/],
  ['MCP Inspector', 'clientInfo', /^(@modelcontextprotocol\/|mcp-)?inspector\b/i],
  ['claude.ai', 'redirect URI', /^https:\/\/claude\.(ai|com)\//],
  ['Claude Code', 'metadata document', /^https:\/\/claude\.ai\/oauth\/claude-code-client-metadata$/],
  ['Claude Code', 'client_name', /^Claude Code\b/],
  ['Claude Code', 'clientInfo', /^claude-code$/],
  ['Claude Code', 'user agent', /^claude-code\//],
  ['Codex', 'metadata document', /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/],
  ['Codex', 'client_name', /^Codex\b/],
  ['Codex', 'clientInfo', /^codex\b/i],
  ['Codex', 'redirect URI', /^http:\/\/127\.0\.0\.1:\d+\/callback\/[^/]+$/, 'habit'],
  ['Copilot CLI', 'metadata document', /^https:\/\/github\.com\/copilot\/cli\/client-metadata\.json$/],
  ['opencode', 'metadata document', /^https:\/\/opencode\.ai\/oauth\/opencode\/client\.json$/],
  ['opencode', 'client_name', /^opencode\b/i],
  ['opencode', 'clientInfo', /^opencode\b/i],
  ['MCPJam', 'metadata document', /^https:\/\/www\.mcpjam\.com\/\.well-known\/oauth\/client-metadata\.json$/],
  ['MCPJam', 'client_name', /^MCPJam\b/i],
  ['mcp-remote', 'software_id', /^2e6dc280-/],
  ['mcp-remote', 'client_name', /^MCP CLI Client$/],
  ['mcp-remote', 'clientInfo', /\(via mcp-remote\b/],
  ['mcp-remote', 'redirect URI', /^http:\/\/localhost:\d+\/oauth\/callback$/, 'habit'],
  ['Claude Code', 'redirect URI', /^http:\/\/localhost:\d+\/callback$/, 'habit'],
  ['inspect-flow', 'client_name', /^mcp-oauth-demo inspect-flow$/],
  ['inspect-flow', 'clientInfo', /^mcp-oauth-demo inspect-flow$/],
  ['Python SDK', 'user agent', /^python-httpx\//, 'library'],
  ['TypeScript SDK', 'request for metadata', /^with MCP-Protocol-Version$/, 'library'],
];

/**
 * Which program has such a value.
 *
 * @returns undefined where nothing points anywhere
 */
export function signOf(kind: SignKind, value: string): ClientSign | undefined {
  const row = SIGNS.find(([, of, pattern]) => of === kind && pattern.test(value));
  return row && { program: row[0], kind, strength: row[3] ?? 'own' };
}

/** Whether a name is that of a library, with which many programs are built. */
export function isLibrary(program: string): boolean {
  return SIGNS.some(([name, , , strength]) => name === program && strength === 'library');
}

/** Guesses the client from a redirect URI; undefined where nothing points anywhere. */
export function guessClient(redirectUri: string): ClientGuess | undefined {
  const known = signOf('redirect URI', redirectUri);
  return known && { name: known.program, evidence: `redirect URI ${redirectUri}` };
}
