import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../shared/http/json.js';
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';

/** The private key by which a client shows who it is. */
export interface ClientKey {
  readonly key: KeyObject;
  /** what it can sign with; the first is the usual one */
  readonly algorithms: readonly [SignatureAlgorithm, ...SignatureAlgorithm[]];
  /** the name of the key, if it is a JWK that has one */
  readonly keyId: string | undefined;
}

/** A key, or in words why a text is none. The words have nothing of the text. */
export type ReadClientKey =
  { readonly ok: true; readonly clientKey: ClientKey } | { readonly ok: false; readonly why: string };

const FORMS = 'PKCS #8 in PEM ("BEGIN PRIVATE KEY") and a private JWK as JSON are understood';

const jwk = z.looseObject({
  kty: z.string(),
  kid: z.string().optional(),
  alg: z.enum(SIGNATURE_ALGORITHMS).optional(),
});

const EC_ALGORITHMS: Readonly<Record<string, SignatureAlgorithm>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Below that RSA is not to be used with JOSE. */
const MIN_RSA_BITS = 2048;

/**
 * Reads a private key.
 *
 * @param text PEM or JSON
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-4 RFC 7517 §4}
 */
export function readClientKey(text: string): ReadClientKey {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return fromJwk(parseJson(trimmed));
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(trimmed)) {
    return { ok: false, why: 'is encrypted; decrypt it first (openssl pkey -in <file> -out <new file>)' };
  }
  if (/^-----BEGIN PUBLIC KEY-----/m.test(trimmed))
    return { ok: false, why: 'is the public key; the private one signs' };
  if (!/^-----BEGIN PRIVATE KEY-----/m.test(trimmed))
    return { ok: false, why: `is no key that can be read: ${FORMS}` };
  return withAlgorithms(
    imported(() => createPrivateKey(trimmed)),
    {},
  );
}

function fromJwk(value: unknown): ReadClientKey {
  const parsed = jwk.safeParse(value);
  if (!parsed.success) {
    const algorithm = parsed.error.issues[0]?.path[0] === 'alg';
    return {
      ok: false,
      why: algorithm
        ? `has an alg that is not one of ${SIGNATURE_ALGORITHMS.join(', ')}`
        : `is JSON, but no JWK: ${FORMS}`,
    };
  }
  const { kty, kid, alg } = parsed.data;
  if (kty === 'oct')
    return { ok: false, why: 'is a shared secret (kty oct); private_key_jwt needs a key pair' };
  if (!('d' in parsed.data)) return { ok: false, why: 'has no private part (d): it is the public key' };
  const key = imported(() => createPrivateKey({ key: parsed.data as JsonWebKey, format: 'jwk' }));
  return withAlgorithms(key, { kid, alg });
}

/** What the runtime says of a text that is no key is of no help, and might repeat it. */
function imported(read: () => KeyObject): KeyObject | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function withAlgorithms(
  key: KeyObject | undefined,
  { kid, alg }: { readonly kid?: string | undefined; readonly alg?: SignatureAlgorithm | undefined },
): ReadClientKey {
  if (!key) return { ok: false, why: `is damaged: ${FORMS}` };
  const [first, ...others] = algorithmsOf(key);
  if (first === undefined) {
    return {
      ok: false,
      why: `is of a kind that can't sign here: EC (P-256, P-384, P-521), Ed25519 and RSA of ${MIN_RSA_BITS} bits or more can`,
    };
  }
  if (alg === undefined) return { ok: true, clientKey: { key, algorithms: [first, ...others], keyId: kid } };
  if (![first, ...others].includes(alg))
    return { ok: false, why: `says alg ${alg}, which a key of its kind can't do` };
  return { ok: true, clientKey: { key, algorithms: [alg], keyId: kid } };
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly SignatureAlgorithm[] {
  if (asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  if (asymmetricKeyType === 'ec')
    return [EC_ALGORITHMS[asymmetricKeyDetails?.namedCurve ?? '']].filter((name) => name !== undefined);
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS) return [];
  return ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512'];
}
