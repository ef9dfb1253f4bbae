import { parseJson } from '../../../shared/http/json.js';
import type { Services } from '../../services.js';
import type { ClientRecord } from '../../store/records.js';
import type { KeySet } from '../key-set.js';
import { invalidClient } from './invalid-client.js';
import { keysOf } from './keys-of.js';

/** What an assertion may be typed as, if it is: a token of another kind is never one. */
const TYPES: readonly (string | undefined)[] = [undefined, 'jwt', 'client-authentication+jwt'];

/** Few clients sign: who does not need the library does not wait for it. */
const loadJose = () => import('jose');
type Jose = Awaited<ReturnType<typeof loadJose>>;

/**
 * Verifies that an assertion was signed with a key of the client. What it says is not looked at.
 *
 * @returns the JSON that was signed
 * @throws OAuthError `invalid_client`; `temporarily_unavailable` if the keys are to be fetched and cannot be
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-5.2 RFC 7515 §5.2}
 */
export async function verifyAssertionSignature(
  services: Services,
  client: ClientRecord,
  assertion: string,
): Promise<unknown> {
  const jose = await loadJose();
  const algorithms = services.capabilities.clientAssertionAlgorithms;
  try {
    const keys = await keysOf(services, client, 'kept');
    return await verifyWithOneOf(jose, keys, assertion, algorithms).catch(async (thrown: unknown) => {
      if (!(thrown instanceof jose.errors.JWKSNoMatchingKey)) throw thrown;
      // The client may have changed its keys since they were read.
      const newest = await keysOf(services, client, 'newest');
      return verifyWithOneOf(jose, newest, assertion, algorithms);
    });
  } catch (thrown) {
    throw refusalFor(jose, thrown, algorithms);
  }
}

/** Tries the keys that fit `alg` and `kid`; without a `kid` these may be several. */
async function verifyWithOneOf(
  jose: Jose,
  keys: KeySet,
  assertion: string,
  algorithms: readonly string[],
): Promise<unknown> {
  const options = { algorithms: [...algorithms] };
  const keySet = jose.createLocalJWKSet({ keys: keys.keys });
  try {
    return contentOf(await jose.compactVerify(assertion, keySet, options));
  } catch (thrown) {
    if (!(thrown instanceof jose.errors.JWKSMultipleMatchingKeys)) throw thrown;
    for await (const key of thrown) {
      const verified = await jose.compactVerify(assertion, key, options).catch(() => undefined);
      if (verified) return contentOf(verified);
    }
    throw new jose.errors.JWSSignatureVerificationFailed();
  }
}

function contentOf({
  payload,
  protectedHeader,
}: {
  readonly payload: Uint8Array;
  readonly protectedHeader: { readonly typ?: string };
}): unknown {
  if (!TYPES.includes(protectedHeader.typ?.toLowerCase().replace(/^application\//, ''))) {
    throw invalidClient('client_assertion is typed as another kind of token', 'client_assertion_malformed');
  }
  return parseJson(new TextDecoder().decode(payload));
}

function refusalFor({ errors }: Jose, thrown: unknown, algorithms: readonly string[]): unknown {
  if (thrown instanceof errors.JWKSNoMatchingKey) {
    return invalidClient('no key of this client fits the client_assertion', 'client_assertion_key_unknown');
  }
  if (thrown instanceof errors.JWSSignatureVerificationFailed) {
    return invalidClient('the signature of client_assertion is wrong', 'client_assertion_signature_wrong');
  }
  if (thrown instanceof errors.JOSEAlgNotAllowed) {
    return invalidClient(
      `client_assertion must be signed with one of ${algorithms.join(', ')}`,
      'client_assertion_algorithm_not_supported',
    );
  }
  // Whatever else is wrong with it, or with a key, is the client's fault too: nothing else throws here. A DOMException is
  // what Web Crypto has for a key that is none, as a point that is not on its curve.
  return [errors.JOSEError, TypeError, DOMException].some((kind) => thrown instanceof kind)
    ? invalidClient('client_assertion is not a JWT that its key can verify', 'client_assertion_malformed')
    : thrown;
}
