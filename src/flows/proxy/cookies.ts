import { hashSecret } from '../../shared/secret.js';

/**
 * Cookies of a server as the browser keeps them for this proxy. All ports of `localhost` share their cookies, so that a name
 * alone would send those of whatever else runs on this machine to the server, and those of the server to whatever else: each
 * name carries a mark of its own, and only what has it goes through.
 */
export interface CookieNames {
  /** @param cookie a `Set-Cookie` header of the server @returns what this proxy sets; undefined if there is no name in it */
  outward(cookie: string): string | undefined;
  /** @param header a `Cookie` header of the browser @returns what is for the server; undefined if nothing is */
  inward(header: string): string | undefined;
}

/** Attributes that hold for the host of the server, and for https. */
const DROPPED = /^(?:domain|secure|partitioned)$/;

/**
 * @param port of this proxy
 * @param upstream origin of the server: another one that is met at the same port later gets no cookies of this one
 */
export function cookieNames(port: string, upstream: string): CookieNames {
  const mark = `mcp-proxy-${port}-${hashSecret(upstream).slice(0, 12)}-`;
  return {
    outward(cookie) {
      const [pair = '', ...attributes] = cookie.split(';');
      const name = pair.slice(0, Math.max(pair.indexOf('='), 0)).trim();
      if (name === '') return undefined;
      return [`${mark}${pair.trim()}`, ...attributes.flatMap(keptAttribute)].join('; ');
    },
    inward(header) {
      const own = header
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(mark))
        .map((pair) => pair.slice(mark.length));
      return own.length === 0 ? undefined : own.join('; ');
    },
  };
}

/** A browser takes `SameSite=None` over https only; `Lax` is as much as it lets a page of http have. */
function keptAttribute(written: string): readonly string[] {
  const attribute = written.trim();
  const [name = '', value = ''] = attribute.toLowerCase().split('=');
  if (attribute === '' || DROPPED.test(name)) return [];
  return [name === 'samesite' && value.trim() === 'none' ? 'SameSite=Lax' : attribute];
}
