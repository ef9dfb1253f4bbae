import { ConfigurationError } from '../../shared/configuration-error.js';
import type { SigningKeyRecord } from '../store/records.js';
import { type Jwk, parseJwk } from './key-pair.js';
import type { StoreKey } from './store-keys.js';

/** How a private key lies in the store: as it is, or encrypted. */
export type StoredPrivateKey = SigningKeyRecord['private_key'];

/** Locks private keys up for the store, and opens them again. */
export interface KeySafe {
  /** The form in which a key is written. */
  lock(id: string, key: Jwk): Promise<StoredPrivateKey>;
  /** @throws ConfigurationError if it is encrypted, and none of the secrets opens it */
  open(id: string, stored: StoredPrivateKey): Promise<Jwk>;
  /** whether it encrypts */
  readonly locks: boolean;
  /** Whether a key lies in the store as it would be written now. */
  isLockedAsNow(stored: StoredPrivateKey): boolean;
}

const ALGORITHM = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Makes the safe of an issuer. A key is encrypted for its own record of its own issuer, so one that was copied to another
 * place does not open there.
 *
 * @param storeKeys the first locks, all open; without any, keys lie in the store as they are
 * @see {@link https://www.rfc-editor.org/rfc/rfc7516 RFC 7516}
 */
export function createKeySafe(issuer: string, storeKeys: readonly StoreKey[]): KeySafe {
  const [first] = storeKeys;
  return {
    async lock(id, key) {
      if (!first) return key;
      const { CompactEncrypt } = await import('jose');
      return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(key)))
        .setProtectedHeader({ ...ALGORITHM, kid: first.kid })
        .encrypt(first.keyFor(issuer, id));
    },
    async open(id, stored) {
      if (typeof stored !== 'string') return stored;
      const storeKey = storeKeys.find(({ kid }) => kid === kidOf(stored));
      if (!storeKey)
        throw cannotOpen(
          id,
          storeKeys.length === 0 ? 'no secret was given' : 'it was encrypted with another one',
        );
      const { compactDecrypt } = await import('jose');
      try {
        const { plaintext } = await compactDecrypt(stored, storeKey.keyFor(issuer, id), {
          keyManagementAlgorithms: [ALGORITHM.alg],
          contentEncryptionAlgorithms: [ALGORITHM.enc],
        });
        return parseJwk(new TextDecoder().decode(plaintext));
      } catch (cause) {
        throw cannotOpen(id, 'it was changed, or put there from another record', cause);
      }
    },
    locks: first !== undefined,
    isLockedAsNow: (stored) => !first || (typeof stored === 'string' && kidOf(stored) === first.kid),
  };
}

/** Which secret a key says that it was encrypted with; a wrong word of that opens nothing. */
function kidOf(jwe: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString());
    return typeof header === 'object' && header !== null && 'kid' in header ? String(header.kid) : undefined;
  } catch {
    return undefined;
  }
}

function cannotOpen(id: string, why: string, cause?: unknown): ConfigurationError {
  const error = new ConfigurationError(
    'storeKeys',
    `the signing key ${id} in the store is encrypted, and cannot be opened: ${why}. Give the secret that it was encrypted with`,
  );
  error.cause = cause;
  return error;
}
