/** `client_id` has no length in the RFCs; longer ones than this exist nowhere. */
export const MAX_CLIENT_ID_LENGTH = 512;

/**
 * Whether a value can be a `client_id`: printable ASCII, not empty and not endless.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1 RFC 6749 Appendix A.1}
 */
export function isClientId(value: string): boolean {
  return value.length <= MAX_CLIENT_ID_LENGTH && /^[\x20-\x7E]+$/.test(value);
}
