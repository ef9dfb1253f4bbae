import { documentUrlFault as faultOfUrl } from '../../../shared/oauth/document-url.js';
import type { AuthorizationServerConfig } from '../../config/index.js';

/** Whether a `client_id` is meant as the URL of a metadata document. Such an id is never adopted. */
export function isUrl(clientId: string): boolean {
  return /^https?:/i.test(clientId);
}

/**
 * What is wrong with the URL of a metadata document, before anything is fetched.
 *
 * @param clientId as it was sent
 * @returns undefined if nothing is
 */
export function documentUrlFault(
  clientId: string,
  { cimdAllowLoopback }: Pick<AuthorizationServerConfig, 'cimdAllowLoopback'>,
): string | undefined {
  return faultOfUrl(clientId, { plainLoopback: cimdAllowLoopback });
}

/**
 * Whether documents of this host are taken.
 *
 * @param url a valid document URL; a trusted host without a port is that host at the port of https
 */
export function isTrusted(url: string, { cimdTrust }: Pick<AuthorizationServerConfig, 'cimdTrust'>): boolean {
  return cimdTrust.length === 0 || cimdTrust.includes(new URL(url).host);
}
