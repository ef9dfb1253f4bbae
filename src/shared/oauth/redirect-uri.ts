import { isLoopbackHost } from '../http/loopback.js';
import { hasAuthority, hasOnlyUriCharacters } from './uri.js';

/** Redirect URIs of editors that do not come back over loopback only. From the clients' own source and registrations. */
export const KNOWN_EDITOR_REDIRECT_URIS: readonly string[] = [
  'https://vscode.dev/redirect',
  'https://insiders.vscode.dev/redirect',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'https://www.cursor.com/agents/mcp/oauth/callback',
  'https://claude.ai/api/mcp/auth_callback',
];

/**
 * What the answer to an authorization request brings; in the query of a redirect URI it would be there twice, and the
 * client might take the wrong one.
 */
const ANSWER_PARAMETERS = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri'];

/** Whether a redirect URI leads to a program on the user's own machine. */
export function isLoopbackRedirectUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url !== null && url.protocol === 'http:' && isLoopbackHost(url.hostname);
}

/**
 * Whether a requested redirect URI is the registered one: character by character, except that the port of a
 * loopback URI is free, because a native app listens where it finds room. MCP clients need that for the name
 * `localhost` as well as for the IP literals.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 RFC 8252 §7.3}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.3.1 OAuth 2.1 §2.3.1}
 */
export function isSameRedirectUri(registered: string, requested: string): boolean {
  if (registered === requested) return true;
  if (!isLoopbackRedirectUri(registered) || !isLoopbackRedirectUri(requested)) return false;
  return withoutPort(registered) === withoutPort(requested);
}

/** Drops the port from the text of an http URI, so that everything else is still compared as it was written. */
function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/:?#]*))(?::\d*)?/i, '$1');
}

/** Schemes that browsers and systems give a meaning of their own: no app has one of these to itself. */
const SCHEMES_OF_NO_APP = [
  'about',
  'blob',
  'chrome',
  'data',
  'file',
  'filesystem',
  'ftp',
  'http',
  'https',
  'intent',
  'javascript',
  'mailto',
  'sms',
  'tel',
  'vbscript',
  'view-source',
  'ws',
  'wss',
];

/**
 * Whether a value is a scheme that an app can have to itself, in lower case and without the colon.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-3.1 RFC 3986 §3.1}
 */
export function isAppScheme(scheme: string): boolean {
  return /^[a-z][a-z0-9+.-]*$/.test(scheme) && !SCHEMES_OF_NO_APP.includes(scheme);
}

/**
 * Why a value can't be a redirect URI here.
 *
 * @param schemes those of apps that are allowed beside reversed domain names and known editors
 * @returns undefined if it can
 */
export function redirectUriFault(uri: string, schemes: readonly string[] = []): string | undefined {
  return malformedRedirectUri(uri) ?? forbiddenRedirectUri(uri, schemes);
}

/**
 * Why a value can't be a redirect URI anywhere.
 *
 * @returns undefined if it can
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-2.3 OAuth 2.1 §2.3}
 */
export function malformedRedirectUri(uri: string): string | undefined {
  const url = URL.parse(uri);
  if (!url) return 'is not an absolute URI';
  if (uri.includes('#')) return 'has a fragment';
  if (!hasOnlyUriCharacters(uri)) return 'has a space or another character that a URI cannot have';
  if (url.username !== '' || url.password !== '') return 'has user information';
  const taken = ANSWER_PARAMETERS.find((name) => url.searchParams.has(name));
  if (taken !== undefined) return `has ${taken} in its query, which is for the answer`;
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && !hasAuthority(uri) ? `does not begin with ${url.protocol}// and a host` : undefined;
}

/**
 * Why a well-formed redirect URI is not allowed here: https, http on loopback and schemes of apps are.
 *
 * @param schemes those of apps that are allowed beside reversed domain names and known editors
 * @returns undefined if it is
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-5 RFC 7591 §5}
 */
export function forbiddenRedirectUri(uri: string, schemes: readonly string[]): string | undefined {
  const url = new URL(uri);
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:')
    return isLoopbackHost(url.hostname) ? undefined : 'is plain http to another machine';
  // A private-use scheme is a reversed domain name by RFC 8252 §7.1; what editors really use is listed.
  if (KNOWN_EDITOR_REDIRECT_URIS.includes(uri)) return undefined;
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+:$/.test(url.protocol)) return undefined;
  const scheme = url.protocol.slice(0, -1);
  return schemes.includes(scheme) ? undefined : `has the scheme ${scheme}, which is not allowed here`;
}
