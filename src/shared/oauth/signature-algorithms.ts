/**
 * What a token may be signed with: keys of which only the authorization server has the private half. A MAC (`HS256` and
 * its like) would need its secret here, and `none` proves nothing, so neither can be accepted.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7518#section-3.1 RFC 7518 §3.1}
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.1 RFC 8725 §3.1}
 */
export const SIGNATURE_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

/** One of them. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];
