/**
 * Whether a client with this `token_endpoint_auth_method` gets a secret: a public one has nothing to prove, and one
 * with a key proves it by that.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 */
export function hasSecret(method: string): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}
