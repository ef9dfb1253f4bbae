import { DocumentError } from '../../documents/document-fault.js';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import { KEY_SET, type KeySet } from '../key-set.js';
import { jwksUriFault } from '../jwks-uri.js';

const WHAT = 'the key set at the jwks_uri of this client';

/**
 * The public keys of a client: those in its metadata, or those at its `jwks_uri`.
 *
 * @param which `newest` reads them again, unless they were read just now
 * @throws OAuthError `invalid_client`; `temporarily_unavailable` for what may pass by itself
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}, `jwks` and `jwks_uri`
 */
export async function keysOf(
  { documents, config }: Pick<Services, 'documents' | 'config'>,
  { metadata: { jwks, jwks_uri }, origin }: Pick<ClientRecord, 'metadata' | 'origin'>,
  which: 'kept' | 'newest',
): Promise<KeySet> {
  if (jwks || jwks_uri === undefined) return { keys: [...(jwks?.keys ?? [])] };
  try {
    if (!documents) throw new DocumentError('document_unreachable', 'this server fetches nothing');
    // Looked at when the client became known too; the configuration may have changed since.
    const fault = jwksUriFault(jwks_uri, config, origin === 'preset' ? 'operator' : 'client');
    if (fault !== undefined) throw new DocumentError('document_invalid', `its URL ${fault}`);
    const reading = { parse: parseKeySet, mayBeStale: true, anew: which === 'newest' };
    return (await documents.read(jwks_uri, reading)).value;
  } catch (thrown) {
    throw thrown instanceof DocumentError ? thrown.toOAuthError(WHAT) : thrown;
  }
}

/** @throws DocumentError */
function parseKeySet(json: unknown): KeySet {
  const result = KEY_SET.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DocumentError('document_invalid', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
