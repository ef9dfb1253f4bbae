import type { CompactVerifyResult, CryptoKey } from 'jose';
import { parseJson } from '../../shared/http/json.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import { invalidToken } from './invalid-token.js';
import type { IssuerKeys, KeySource } from './key-source.js';

/** Who never sees a JWT does not wait for the library. */
const loadJose = () => import('jose');
type Jose = Awaited<ReturnType<typeof loadJose>>;

/** A token whose signature is good. */
export interface SignedBy {
  /** the issuer whose key it is, in its own spelling */
  readonly issuer: string;
  readonly alg: string;
  /** the name of the key, where the token gives one */
  readonly kid?: string;
  /** the JSON that was signed; undefined if it is none */
  readonly payload: unknown;
}

/**
 * Verifies that a token was signed with a key of its issuer. If no key fits, or the one that fits did not sign it, the
 * keys are read anew once: the issuer may have changed them, and not all give each key a name of its own.
 *
 * @throws OAuthError `invalid_token`; `temporarily_unavailable` if the keys can't be had
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 RFC 7515 §5.2}
 */
export async function verifySignature(
  token: string,
  keySource: KeySource,
  algorithms: readonly SignatureAlgorithm[],
): Promise<SignedBy> {
  const jose = await loadJose();
  const verify = async (keys: IssuerKeys): Promise<SignedBy> => {
    const { protectedHeader, payload } = await verifyWithOneOf(jose, token, keys, algorithms);
    return {
      issuer: keys.issuer,
      alg: protectedHeader.alg,
      ...(protectedHeader.kid === undefined ? {} : { kid: protectedHeader.kid }),
      payload: parseJson(new TextDecoder().decode(payload)),
    };
  };
  try {
    const keys = await keySource.current();
    return await verify(keys).catch(async (thrown: unknown) => {
      const newer = isOfOtherKey(jose, thrown) ? await keySource.newer(keys) : undefined;
      if (!newer) throw thrown;
      return verify(newer);
    });
  } catch (thrown) {
    throw refusalFor(jose, thrown);
  }
}

function isOfOtherKey({ errors }: Jose, thrown: unknown): boolean {
  return [errors.JWKSNoMatchingKey, errors.JWSSignatureVerificationFailed].some(
    (kind) => thrown instanceof kind,
  );
}

/** Tries the keys that fit `alg` and `kid`; without a `kid` these may be several. */
async function verifyWithOneOf(
  jose: Jose,
  token: string,
  { keyFor }: IssuerKeys,
  algorithms: readonly SignatureAlgorithm[],
): Promise<CompactVerifyResult> {
  const options = { algorithms: [...algorithms] };
  try {
    return await jose.compactVerify(token, keyFor, options);
  } catch (thrown) {
    if (!(thrown instanceof jose.errors.JWKSMultipleMatchingKeys)) throw thrown;
    for await (const key of thrown) {
      const verified = await verifiedBy(jose, token, key, options);
      if (verified) return verified;
    }
    throw new jose.errors.JWSSignatureVerificationFailed();
  }
}

async function verifiedBy(
  jose: Jose,
  token: string,
  key: CryptoKey,
  options: { algorithms: string[] },
): Promise<CompactVerifyResult | undefined> {
  return jose.compactVerify(token, key, options).catch(() => undefined);
}

function refusalFor({ errors }: Jose, thrown: unknown): unknown {
  if (thrown instanceof errors.JWKSNoMatchingKey) {
    return invalidToken(
      'token_key_unknown',
      'the access token is signed with a key that its issuer does not have',
    );
  }
  if (thrown instanceof errors.JWSSignatureVerificationFailed) {
    return invalidToken('token_signature_invalid', 'the signature of the access token is wrong');
  }
  // Whatever else the library does not like is a fault of the token, or of the one key that it names. A DOMException is
  // what Web Crypto has for a key that is none, as a point that is not on its curve.
  return [errors.JOSEError, TypeError, DOMException].some((kind) => thrown instanceof kind)
    ? invalidToken(
        'token_signature_invalid',
        'the signature of the access token can not be verified',
        thrown instanceof Error ? thrown.message : undefined,
      )
    : thrown;
}
