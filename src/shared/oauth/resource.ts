import { hasAuthority, hasOnlyUriCharacters } from './uri.js';

/**
 * Whether a value may be a resource identifier: an absolute http(s) URI without fragment and user information.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2 RFC 8707 §2}
 */
export function isResourceIdentifier(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    hasAuthority(value) &&
    hasOnlyUriCharacters(value) &&
    !value.includes('#') &&
    url.username === '' &&
    url.password === ''
  );
}

/**
 * The form in which two spellings of one resource are compared: scheme and host in lower case, a default port left
 * out, and one trailing slash dropped, since some clients add it where the path is empty.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#canonical-server-uri MCP authorization, canonical server URI}
 */
export function canonicalResource(value: string): string {
  const href = URL.parse(value)?.href ?? value;
  return href.replace(/^([^?]*)\/(?=$|\?)/, '$1');
}

/** Whether two resource identifiers name the same resource. */
export function isSameResource(a: string, b: string): boolean {
  return canonicalResource(a) === canonicalResource(b);
}

/** The same resources, each once, in the spelling that comes first. */
export function distinctResources(uris: readonly string[]): string[] {
  return uris.filter((uri, at) => uris.findIndex((one) => isSameResource(one, uri)) === at);
}
