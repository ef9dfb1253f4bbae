import type { AuthorizationServerConfig } from '../config/index.js';
import { documentUrlFault, isTrusted } from './metadata-document/document-url.js';

/**
 * Why the keys at a `jwks_uri` are not fetched. Its URL is held against the same rules as that of a metadata document,
 * and its host against the same list: whoever limits the hosts that this server is sent to means all of them.
 *
 * @param namedBy `operator` for the client of a configuration, whose host nobody has to trust any further
 * @returns undefined if they are
 */
export function jwksUriFault(
  jwksUri: string,
  config: Pick<AuthorizationServerConfig, 'cimdAllowLoopback' | 'cimdTrust'>,
  namedBy: 'operator' | 'client',
): string | undefined {
  const fault = documentUrlFault(jwksUri, config);
  if (fault !== undefined || namedBy === 'operator' || isTrusted(jwksUri, config)) return fault;
  return 'has a host that is not one of those that are trusted here';
}
