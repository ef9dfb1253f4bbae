const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** `browser` tells one browser from another, `session` says who has signed in there. */
export type CookieKind = 'browser' | 'session';

const LABEL: Record<CookieKind, string> = { browser: 'mcp-oauth-demo', session: 'mcp-oauth-demo-session' };

/**
 * The name carries the port, since cookies of all ports of a host share one jar. With https a prefix keeps others that
 * have a part of the domain from setting it.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-20#section-4.1.3.2 RFC 6265bis §4.1.3.2}
 */
export function cookieName(issuer: string, kind: CookieKind): string {
  const { port, protocol } = new URL(issuer);
  return protocol === 'https:' ? `__Host-${LABEL[kind]}-${port || 443}` : `${LABEL[kind]}-${port || 80}`;
}

/** The value that a request brought; undefined if there is none that we could have made. */
export function readCookie(issuer: string, kind: CookieKind, request: Request): string | undefined {
  const prefix = `${cookieName(issuer, kind)}=`;
  const value = (request.headers.get('cookie') ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
  return value !== undefined && VALUE.test(value) ? value : undefined;
}

/** The `Set-Cookie` header for a value of 256 random bits; it lasts until the browser is closed. */
export function newCookie(issuer: string, kind: CookieKind, value: string): string {
  const secure = issuer.startsWith('https:') ? '; Secure' : '';
  return `${cookieName(issuer, kind)}=${value}; Path=/; HttpOnly; SameSite=Lax${secure}`;
}

/** The `Set-Cookie` header that makes the browser drop it. */
export function droppedCookie(issuer: string, kind: CookieKind): string {
  return `${newCookie(issuer, kind, '')}; Max-Age=0`;
}
