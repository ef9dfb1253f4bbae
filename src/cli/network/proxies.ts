import { isLoopbackHost } from '../../shared/http/loopback.js';

/** A proxy that the environment names. */
export interface Proxy {
  /** the variable that names it, as it is spelled there */
  readonly variable: string;
  /** as it is there, so it may hold a password */
  readonly url: string;
}

/** Which proxy leads to a URL; undefined if the way is direct. */
export type Proxies = (url: URL) => Proxy | undefined;

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that name proxies, as curl does: `https_proxy` and `http_proxy` by the scheme of the URL, and
 * `no_proxy` for hosts that are reached directly; in upper case too. A host on loopback is always reached directly: a proxy
 * elsewhere would look for it on its own machine.
 */
export function proxiesOf(environment: Environment): Proxies & { readonly all: readonly Proxy[] } {
  const https = named('https_proxy', environment);
  const http = named('http_proxy', environment);
  const exceptions = (named('no_proxy', environment)?.url ?? '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  const find = (url: URL) =>
    isLoopbackHost(url.hostname) || exceptions.some((entry) => covers(entry, url))
      ? undefined
      : url.protocol === 'https:'
        ? https
        : http;
  return Object.assign(find, { all: [https, http].filter((proxy) => proxy !== undefined) });
}

/** Lower case goes first; what is empty counts as not there. */
function named(variable: string, environment: Environment): Proxy | undefined {
  for (const name of [variable, variable.toUpperCase()]) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== '') return { variable: name, url: value };
  }
  return undefined;
}

/** `example.com` is that host and all below it, `.example.com` and `*.example.com` too, `host:port` that port, `*` all. */
function covers(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*|[0-9a-f:]+)(?::(\d+))?$/i.exec(entry) ?? [];
  const wanted = host.toLowerCase().replace(/^\*?\.|^\[|\]$/g, '');
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (port !== undefined && port !== portOf(url)) return false;
  return wanted !== '' && (hostname === wanted || hostname.endsWith(`.${wanted}`));
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' ? '443' : '80';
}

/**
 * The URL of a proxy without the password that may be in it.
 *
 * @returns undefined if it is none that can be used
 */
export function nameOfProxy({ url }: Proxy): string | undefined {
  const parsed = parseProxy(url);
  return parsed && `${parsed.protocol}//${parsed.host}`;
}

/** A proxy may be named without a scheme, as in `proxy.example:3128`. */
export function parseProxy(url: string): URL | undefined {
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined;
}
