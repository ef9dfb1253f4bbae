import { isLoopbackHost } from '../../../shared/http/loopback.js';
import { hasAuthority, hasOnlyUriCharacters } from '../../../shared/oauth/uri.js';
import type { AuthorizationServerConfig } from '../../config/index.js';

/** Whether a `client_id` is meant as the URL of a metadata document. Such an id is never adopted. */
export function isUrl(clientId: string): boolean {
  return /^https?:/i.test(clientId);
}

/**
 * What is wrong with the URL of a metadata document, before anything is fetched.
 *
 * @param clientId as it was sent; it is compared as it is, so nothing is made the same that is spelled differently
 * @returns undefined if nothing is
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-3 Client ID Metadata Document §3}
 */
export function documentUrlFault(
  clientId: string,
  config: Pick<AuthorizationServerConfig, 'cimdAllowLoopback'>,
): string | undefined {
  const url = URL.parse(clientId);
  if (!url || !hasAuthority(clientId) || !hasOnlyUriCharacters(clientId)) return 'is not a URL';
  if (url.protocol !== 'https:' && !mayBePlain(url, config)) return 'must begin with https';
  if (clientId.includes('#')) return 'has a fragment';
  if (/^[^/]*\/\/[^/?]*@/.test(clientId)) return 'has user information';
  const [, path = ''] = /^[^/]*\/\/[^/?]+([^?]*)/.exec(clientId) ?? [];
  if (path === '') return 'has no path';
  // A parser takes dot segments out, encoded ones too, and changes nothing else in a path of these characters.
  if (path !== url.pathname) return 'has a segment of dots in its path';
  return undefined;
}

/** Outside the draft, for the development of clients: plain http to this machine. */
function mayBePlain(
  { protocol, hostname }: URL,
  { cimdAllowLoopback }: Pick<AuthorizationServerConfig, 'cimdAllowLoopback'>,
): boolean {
  return cimdAllowLoopback && protocol === 'http:' && isLoopbackHost(hostname);
}

/**
 * Whether documents of this host are taken.
 *
 * @param url a valid document URL; a trusted host without a port is that host at the port of https
 */
export function isTrusted(url: string, { cimdTrust }: Pick<AuthorizationServerConfig, 'cimdTrust'>): boolean {
  return cimdTrust.length === 0 || cimdTrust.includes(new URL(url).host);
}
