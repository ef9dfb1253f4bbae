import { ConfigurationError } from '../shared/configuration-error.js';
import { isLoopbackHost } from '../shared/http/loopback.js';
import type { PlaceFlags } from './flags/place-flags.js';
import { type OpenPort, openPort } from './listen.js';
import type { TlsIdentity } from './tls.js';

/** Where a server is, for its options. */
export interface Site {
  /** scheme, host and port (and path, of a public URL) without a trailing slash */
  readonly url: string;
  /** whether conveniences that only one's own machine may have are on */
  readonly demoMode: boolean;
}

/** A site whose port is held. */
export interface Place extends Site, OpenPort {}

/** A site that was found fit to be served; its port is still to be had, and is 0 in the URL if any will do. */
export interface PlannedPlace extends Site {
  /** undefined for plain http */
  readonly tls: TlsIdentity | undefined;
  /** @throws CLIError if the port can't be had */
  open(): Promise<Place>;
}

type Prefix = '' | 'as-' | 'rs-';

/**
 * Finds out where the flags put a server. No port is taken yet, so that what is wrong with its other options can be
 * told first.
 *
 * @param prefix what the flags are called in front, as `as-` in `all`
 * @throws ConfigurationError for a host, URL or file that can't be served
 */
export async function planPlace(flags: PlaceFlags, prefix: Prefix): Promise<PlannedPlace> {
  const publicUrl =
    flags['public-url'] === undefined ? undefined : parsePublicUrl(flags['public-url'], prefix);
  const host = parseHost(flags.host, prefix);
  if (isWildcard(host) && publicUrl === undefined) {
    throw new ConfigurationError(
      `${prefix}host`,
      `${flags.host} listens on every address, so the URL for clients must be named with --${prefix}public-url <url>`,
    );
  }
  const tls =
    (flags['tls-cert'] ?? flags['tls-key']) ? (await import('./tls.js')).readTlsIdentity(flags) : undefined;
  // As clients write it: without the port if it is the one that the scheme stands for.
  const urlAt = (port: number) => publicUrl ?? new URL(`${tls ? 'https' : 'http'}://${host}:${port}`).origin;
  if (!flags['insecure-http']) checkTransport(urlAt(flags.port), host, prefix);
  const proxies = splitProxies(flags['trust-proxy']);
  const clientOf =
    proxies.length > 0
      ? (await import('../shared/http/trusted-proxies.js')).createClientOf(proxies)
      : undefined;
  // What comes by a proxy may come from anywhere.
  const demoMode = publicUrl === undefined && isLoopbackHost(host) && clientOf === undefined;
  return {
    url: urlAt(flags.port),
    demoMode,
    tls,
    async open() {
      const port = await openPort({ host, port: flags.port, flag: `${prefix}port`, tls, clientOf });
      return { ...port, url: urlAt(port.port), demoMode };
    },
  };
}

/** @throws ConfigurationError for a flag that names nobody: it is meant to name somebody */
function splitProxies(given: readonly string[] = []): readonly string[] {
  const proxies = given.flatMap((value) => value.split(',')).map((proxy) => proxy.trim());
  if (!proxies.includes('')) return proxies;
  throw new ConfigurationError('trust-proxy', 'names nobody; give loopback, an address or a network');
}

/**
 * Codes, tokens and passwords go over this connection, so where it leaves the machine it must be https: ours, or that
 * of what stands in front, as the public URL tells.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-1.5 OAuth 2.1 §1.5}
 * @throws ConfigurationError that names the remedies
 */
function checkTransport(url: string, host: string, prefix: Prefix): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || (isLoopbackHost(hostname) && isLoopbackHost(host))) return;
  throw new ConfigurationError(
    isLoopbackHost(host) ? `${prefix}public-url` : `${prefix}host`,
    `others than this machine would come to ${url} by plain http, and codes, tokens and passwords could be read on` +
      ' the way: give --tls-cert and --tls-key, or name the https proxy in front with' +
      ` --${prefix}public-url, or allow it with --insecure-http`,
  );
}

/**
 * A host as URLs spell it, since clients compare URLs: `127.1` is 127.0.0.1, and `0` is every address.
 *
 * @throws ConfigurationError for what can't stand in a URL
 */
function parseHost(value: string, prefix: string): string {
  const bare = value.replace(/^\[(.*)\]$/, '$1');
  const authority = bare.includes(':') ? `[${bare}]` : bare;
  const url = URL.parse(`http://${authority}/`);
  if (!url || url.href !== `http://${url.hostname}/`) {
    throw new ConfigurationError(`${prefix}host`, `"${value}" is not a host name or an IP address`);
  }
  return url.hostname;
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '[::]';
}

function parsePublicUrl(value: string, prefix: string): string {
  const url = URL.parse(value);
  const plain =
    url &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !url.search &&
    !url.hash &&
    !url.username;
  if (!plain) {
    throw new ConfigurationError(
      `${prefix}public-url`,
      `${value} is not an http(s) URL without query, fragment and user name`,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
