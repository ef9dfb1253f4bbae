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

/**
 * Whether the request was sent to a loopback name, from this machine as far as can be told. What demo mode asks of each
 * request: a tunnel keeps its own name in `Host`, or puts a loopback name there and tells the rest in the headers that
 * proxies add. Those can be left out, so they are good for a no and never for a yes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 RFC 9112 §3.2.2} for the name in the request target
 * @see {@link https://www.rfc-editor.org/rfc/rfc7239#section-4 RFC 7239 §4} for `Forwarded`
 */
export function isAddressedToLoopback(request: Request): boolean {
  const { headers, url } = request;
  const listed = ['host', 'x-forwarded-host', 'x-forwarded-for'].flatMap(
    (name) => headers.get(name)?.split(',') ?? [],
  );
  const forwarded = headers.get('forwarded')?.matchAll(/(?:^|[;,\s])(?:for|host)="?([^";,]+)/gi) ?? [];
  const named = [...listed, ...[...forwarded].map(([, name = '']) => name)].map(hostnameOf);
  return [new URL(url).hostname, ...named].every(isLoopbackHost);
}

/** The host of `host:port`; an IPv6 address may come without its brackets, and an IPv4 one inside of an IPv6 one. */
function hostnameOf(authority: string): string {
  const text = authority.trim().replace(/^::ffff:(?=\d)/i, '');
  return URL.parse(`http://${text}`)?.hostname ?? text;
}

/**
 * Whether an `Origin` header names a page served from this machine. `null` (an opaque origin) does not, nor does what is
 * not written as a browser writes an origin: scheme, host and port, and nothing after them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6454#section-7 RFC 6454 §7}
 */
export function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return (
    url !== null && url.origin === origin && /^https?:$/.test(url.protocol) && isLoopbackHost(url.hostname)
  );
}
