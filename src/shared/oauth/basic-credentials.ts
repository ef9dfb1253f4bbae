/** What a caller says it is: an identifier and, maybe, a secret. */
export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

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

/**
 * Reads HTTP Basic credentials; both halves are form-encoded before they are put together.
 *
 * @param header the `Authorization` header
 * @returns undefined if it is another scheme or malformed
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 RFC 6749 §2.3.1}
 */
export function parseBasicCredentials(header: string): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 1) return undefined;
  const id = formDecoded(pair.slice(0, colon));
  const secret = formDecoded(pair.slice(colon + 1));
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

function formDecoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
