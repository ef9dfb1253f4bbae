import { isLoopbackHost } from '../http/loopback.js';
import { hasAuthority, hasOnlyUriCharacters } from './uri.js';

/**
 * What is wrong with the URL of a Client ID Metadata Document, before anything is fetched.
 *
 * @param clientId as it is sent; it is compared as it is, so nothing is made the same that is spelled differently
 * @param options `plainLoopback` lets http to this machine pass, which is outside the draft
 * @returns undefined if nothing is
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-3 Client ID Metadata Document §3}
 */
export function documentUrlFault(
  clientId: string,
  { plainLoopback = false }: { readonly plainLoopback?: boolean } = {},
): string | undefined {
  const url = URL.parse(clientId);
  if (!url || !hasAuthority(clientId) || !hasOnlyUriCharacters(clientId)) return 'is not a URL';
  const mayBePlain = plainLoopback && url.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !mayBePlain) return 'must begin with https';
  if (clientId.includes('#')) return 'has a fragment';
  if (/^[^/]*\/\/[^/?]*@/.test(clientId)) return 'has user information';
  const [, path = ''] = /^[^/]*\/\/[^/?]+([^?]*)/.exec(clientId) ?? [];
  if (path === '') return 'has no path';
  // A parser takes dot segments out, encoded ones too, and changes nothing else in a path of these characters.
  if (path !== url.pathname) return 'has a segment of dots in its path';
  return undefined;
}
