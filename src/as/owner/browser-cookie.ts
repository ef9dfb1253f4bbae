const VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * The name carries the port, since cookies of all ports of a host share one jar. With https a prefix keeps others that
 * have a part of the domain from setting it.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-20#section-4.1.3.2 RFC 6265bis §4.1.3.2}
 */
export function cookieName(issuer: string): string {
  const { port, protocol } = new URL(issuer);
  return protocol === 'https:' ? `__Host-mcp-oauth-demo-${port || 443}` : `mcp-oauth-demo-${port || 80}`;
}

/** The value that tells one browser from another; undefined if the request brought none that we could have made. */
export function readBrowserCookie(issuer: string, header: string | null): string | undefined {
  const prefix = `${cookieName(issuer)}=`;
  const value = (header ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}

/** The `Set-Cookie` header for a value of 256 random bits; it lasts until the browser is closed. */
export function browserCookie(issuer: string, value: string): string {
  const secure = issuer.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(issuer)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}
