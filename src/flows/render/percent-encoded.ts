/**
 * A character as a URI may hold it. `encodeURIComponent` leaves five of the reserved ones alone, and throws at half of a
 * pair.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-2.1 RFC 3986 §2.1}
 */
export function percentEncoded(character: string): string {
  return [...new TextEncoder().encode(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
