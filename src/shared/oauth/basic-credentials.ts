/**
 * The value of an `Authorization` header that authenticates a client with HTTP Basic. Id and secret are form-encoded
 * first, so that a colon in the id does no harm.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1}
 */
export function buildBasicCredentials(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString('base64')}`;
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc6749#appendix-B RFC 6749 appendix B} */
function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}
