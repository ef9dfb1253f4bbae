import type { Parameters } from '../../../shared/http/body.js';
import { parseBasicCredentials } from '../../../shared/oauth/basic-credentials.js';
import { OAuthError } from '../../../shared/oauth/errors.js';
import { ASSERTION_TYPE, subjectOf } from './assertion-text.js';
import { invalidClient } from './invalid-client.js';

/** Who a client says it is, and what it shows for it. Nothing of it is proven yet. */
export type Presented = { readonly id: string } & (
  | { readonly kind: 'none'; readonly basic: boolean }
  | { readonly kind: 'secret'; readonly secret: string; readonly basic: boolean }
  | { readonly kind: 'assertion'; readonly assertion: string; readonly basic: false }
);

/**
 * Reads what a client presents.
 *
 * @param authorization the `Authorization` header
 * @throws OAuthError `invalid_request` for more than one method, `invalid_client` for what cannot be read
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3 RFC 6749 §2.3}: one method in each request
 */
export function presentedBy(authorization: string | null, parameters: Parameters): Presented {
  const id = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  const assertion = parameters.get('client_assertion');
  const assertionType = parameters.get('client_assertion_type');
  const withAssertion = assertion !== undefined || assertionType !== undefined;
  if ([authorization !== null, secret !== undefined, withAssertion].filter(Boolean).length > 1) {
    throw new OAuthError('invalid_request', 'the client authenticated in two ways at once', {
      reason: 'client_authenticated_twice',
    });
  }
  if (authorization !== null) return inHeader(authorization, id);
  if (withAssertion) return asAssertion(assertion, assertionType, id);
  if (id === undefined) throw invalidClient('client_id is missing', 'client_id_missing');
  return secret === undefined
    ? { id, kind: 'none', basic: false }
    : { id, kind: 'secret', secret, basic: false };
}

/**
 * Who a client says it is, for the log: where what it presents cannot be read, what its `client_id` says.
 *
 * @returns undefined if it does not say
 */
export function claimedClientId(authorization: string | null, parameters: Parameters): string | undefined {
  try {
    return presentedBy(authorization, parameters).id;
  } catch {
    return parameters.get('client_id');
  }
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1} */
function inHeader(authorization: string, id: string | undefined): Presented {
  const credentials = parseBasicCredentials(authorization);
  if (!credentials) {
    throw invalidClient(
      'the Authorization header has no valid Basic credentials',
      'client_credentials_malformed',
      true,
    );
  }
  if (id !== undefined && id !== credentials.id) {
    throw new OAuthError('invalid_request', 'client_id is not the one in the Authorization header', {
      reason: 'client_id_mismatch',
    });
  }
  // An empty secret is how a public client fills the header in.
  return credentials.secret === ''
    ? { id: credentials.id, kind: 'none', basic: true }
    : { ...credentials, kind: 'secret', basic: true };
}

/**
 * The assertion names the client by itself; `client_id` beside it is optional and must be the same.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7521#section-4.2 RFC 7521 §4.2}
 */
function asAssertion(
  assertion: string | undefined,
  assertionType: string | undefined,
  id: string | undefined,
): Presented {
  if (assertion === undefined || assertionType === undefined) {
    throw invalidClient(
      'client_assertion and client_assertion_type belong together',
      'client_assertion_malformed',
    );
  }
  if (assertionType !== ASSERTION_TYPE) {
    throw invalidClient(`client_assertion_type must be ${ASSERTION_TYPE}`, 'client_assertion_malformed');
  }
  const subject = subjectOf(assertion);
  if (subject === undefined) {
    throw invalidClient('client_assertion is not a JWT with a sub', 'client_assertion_malformed');
  }
  if (id !== undefined && id !== subject) {
    throw new OAuthError('invalid_request', 'client_id is not the sub of the client_assertion', {
      reason: 'client_id_mismatch',
    });
  }
  return { id: subject, kind: 'assertion', assertion, basic: false };
}
