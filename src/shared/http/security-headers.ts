import { isLoopbackHost } from './loopback.js';

/** For so many seconds browsers remember that a host is to be reached by https: a year. */
const HTTPS_SECONDS = 31_536_000;

/** What an answer says unless it says something of its own. */
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()'],
];

/**
 * Makes what adds to every answer of a server that nothing may be embedded, sniffed or framed, and, where its URL is https,
 * that its host is to be reached by https only. A loopback name is left out there: the header counts for all its ports, and
 * other programs of the machine are served by plain http.
 *
 * @param publicUrl of the server, as clients know it
 * @see {@link https://www.rfc-editor.org/rfc/rfc6797#section-7.1 RFC 6797 §7.1}
 */
export function createSecurityHeaders(publicUrl: string): (headers: Headers) => void {
  const { protocol, hostname } = new URL(publicUrl);
  const all: typeof HEADERS =
    protocol === 'https:' && !isLoopbackHost(hostname)
      ? [...HEADERS, ['strict-transport-security', `max-age=${HTTPS_SECONDS}`]]
      : HEADERS;
  return (headers) => {
    for (const [name, value] of all) if (!headers.has(name)) headers.set(name, value);
  };
}
