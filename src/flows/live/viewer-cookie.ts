import type { Clock } from '../../shared/clock.js';
import type { Random } from '../../shared/random.js';
import { constantTimeEqual, hashSecret, keyedHash } from '../../shared/secret.js';

/** For how long somebody stays signed in, in seconds. */
const SIGNED_IN_SECONDS = 12 * 3600;

/** Sign-outs that are remembered; each is as old as a sign-in may be, at most. */
const MAX_SIGNED_OUT = 1000;

const LABEL = 'mcp-oauth-demo-flows';

/** The cookie by which a browser that looks at flows is known. */
export interface ViewerCookies {
  /** The value that a request brought; undefined unless it is one of ours that is still good. */
  read(request: Request): string | undefined;
  /** A new value. */
  create(): string;
  /** The `Set-Cookie` header for a value. */
  set(value: string): string;
  /** Ends a value, if there is one. @returns the `Set-Cookie` header that makes the browser drop it */
  end(value: string | undefined): string;
}

/**
 * Makes the cookies of one server. With a token the value says until when it is good, and is signed with the token, so
 * that it is good after a restart too, and does not lead back to the token. Without one it only tells browsers apart.
 *
 * The name carries the port, since cookies of all ports of a host share one jar, and the path keeps the cookie from what
 * is served beside it.
 *
 * @param origin of the server, as browsers write it
 */
export function createViewerCookies(
  origin: string,
  token: string | undefined,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): ViewerCookies {
  const { protocol, port } = new URL(origin);
  const secure = protocol === 'https:';
  const name = `${secure ? '__Secure-' : ''}${LABEL}-${port || (secure ? 443 : 80)}`;
  const signedOut = new Set<string>();

  const signature = (text: string): string => keyedHash(token ?? '', `flows viewer ${origin} ${text}`);

  function isGood(value: string): boolean {
    const [, until, nonce, signed] =
      /^(\d{1,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(value) ?? [];
    if (until === undefined || nonce === undefined || signed === undefined) return false;
    if (token === undefined) return true;
    return (
      Number(until) > clock.now() &&
      constantTimeEqual(signed, signature(`${until}.${nonce}`)) &&
      !signedOut.has(value)
    );
  }

  const set = (value: string, seconds: number): string =>
    `${name}=${value}; Path=/flows; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`;

  return {
    read(request) {
      const prefix = `${name}=`;
      const value = (request.headers.get('cookie') ?? '')
        .split(/; */)
        .find((pair) => pair.startsWith(prefix))
        ?.slice(prefix.length);
      return value !== undefined && isGood(value) ? value : undefined;
    },
    create() {
      const text = `${clock.now() + SIGNED_IN_SECONDS}.${random.token(16)}`;
      return `${text}.${token === undefined ? random.token(32) : signature(text)}`;
    },
    set: (value) => set(value, SIGNED_IN_SECONDS),
    end(value) {
      if (value !== undefined) signedOut.add(value);
      const [oldest] = signedOut;
      if (signedOut.size > MAX_SIGNED_OUT && oldest !== undefined) signedOut.delete(oldest);
      return set('', 0);
    },
  };
}

/** What the forms of a viewer bring along, so that no other page can post them. It does not lead back to the cookie. */
export function csrfTokenOf(cookie: string): string {
  return hashSecret(`csrf_token ${cookie}`);
}
