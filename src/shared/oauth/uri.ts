/**
 * What no URI holds: parsers disagree on where the host ends after a backslash, for one, and leave line ends out.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-2 RFC 3986 §2}
 */
const NOT_IN_A_URI = /[^\x21-\x7E]|["<>\\^`{|}]/;

/** Whether a value has nothing but characters that a URI may have. */
export function hasOnlyUriCharacters(value: string): boolean {
  return !NOT_IN_A_URI.test(value);
}

/**
 * Whether an http(s) URI has its host right after two slashes. Browsers take `http:host/path` too, and read it as a
 * path of the page that they are on.
 */
export function hasAuthority(uri: string): boolean {
  return /^https?:\/\/[^/]/i.test(uri);
}

/**
 * Whether the path of an http(s) URI is spelled as it can be served: a router gives `:` and `*` a meaning, and parsers
 * rewrite the rest.
 */
export function hasPlainPath(uri: string): boolean {
  const [path = ''] = uri.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  return /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*\/?$/.test(path);
}
