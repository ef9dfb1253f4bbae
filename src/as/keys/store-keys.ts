import { hkdfSync } from 'node:crypto';
import { ConfigurationError } from '../../shared/configuration-error.js';

/** 256 bits, in hex or base64url; more is fine. What is too short as hex is not taken for the other one. */
const HEX = /^(?:[0-9a-f]{2}){32,}$/i;
const BASE64URL = /^(?![0-9a-f]+$)[A-Za-z0-9_-]{43,}$/;

/** A secret from which the keys are derived that encrypt what lies in the store. */
export interface StoreKey {
  /** names the secret without giving it away: what is encrypted with it carries this */
  readonly kid: string;
  /** The key for one record: 32 bytes, of use for no other record and no other issuer. */
  keyFor(issuer: string, id: string): Uint8Array;
}

/**
 * Reads the secrets that signing keys are encrypted with in the store.
 *
 * @param secrets each at least 32 random bytes, as hex or base64url; the first encrypts, all decrypt
 * @throws ConfigurationError without the secret
 */
export function parseStoreKeys(secrets: readonly unknown[]): readonly StoreKey[] {
  return secrets.map((secret) => storeKeyOf(bytesOf(secret)));
}

function bytesOf(secret: unknown): Uint8Array {
  if (typeof secret === 'string' && HEX.test(secret)) return Buffer.from(secret, 'hex');
  if (typeof secret === 'string' && BASE64URL.test(secret)) return Buffer.from(secret, 'base64url');
  throw new ConfigurationError(
    'storeKeys',
    'must be at least 32 random bytes, as hex or base64url; make one with: openssl rand -hex 32',
  );
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc5869 RFC 5869} */
function storeKeyOf(secret: Uint8Array): StoreKey {
  const derived = (length: number, ...purpose: readonly string[]) =>
    new Uint8Array(hkdfSync('sha256', secret, '', JSON.stringify(purpose), length));
  return {
    kid: Buffer.from(derived(9, 'name')).toString('base64url'),
    keyFor: (issuer, id) => derived(32, 'signing_key', issuer, id),
  };
}
