const IPV4_LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/**
 * Whether a host name, as `URL.hostname` gives it, names this machine.
 * `localhost` counts as loopback although RFC 8252 §8.3 prefers the literals: every MCP client in the field uses it.
 * `*.localhost` does too (RFC 6761 §6.3).
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 RFC 8252 §7.3}
 */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    host === '::1' ||
    IPV4_LOOPBACK.test(host)
  );
}

/** Whether the request was sent to a loopback name. What demo mode asks of each request, since a tunnel keeps its own Host. */
export function isAddressedToLoopback(request: Request): boolean {
  return isLoopbackHost(new URL(request.url).hostname);
}

/** Whether an `Origin` header names a page served from this machine. `null` (an opaque origin) does not. */
export function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return (
    url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && isLoopbackHost(url.hostname)
  );
}
