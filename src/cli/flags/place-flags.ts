import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { isLoopbackHost } from '../../shared/http/loopback.js';
import { type OpenPort, openPort } from '../listen.js';

/** Where a server listens, and under which URL clients reach it. */
export function placeFlags(defaultPort: number) {
  return {
    port: Flags.integer({
      default: defaultPort,
      min: 0,
      max: 65535,
      description: 'port to listen on; 0 takes a free one',
      helpGroup: 'PLACE',
    }),
    host: Flags.string({
      default: 'localhost',
      description: 'host name or address to listen on; localhost is 127.0.0.1 and ::1',
      helpGroup: 'PLACE',
    }),
    'public-url': Flags.string({
      description: 'URL under which clients reach it, behind a tunnel or reverse proxy; ends demo mode',
      helpGroup: 'PLACE',
    }),
    'allow-origin': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      description: 'origin of a web page that may call it, beside those on this machine; repeatable',
      helpGroup: 'PLACE',
    }),
  };
}

export interface PlaceFlags {
  readonly port: number;
  readonly host: string;
  readonly 'public-url'?: string | undefined;
}

/** A held port, and what follows from where it is. */
export interface Place extends OpenPort {
  /** scheme, host and port (and path, of a public URL) without a trailing slash */
  readonly url: string;
  /** whether conveniences that only one's own machine may have are on */
  readonly demoMode: boolean;
}

/**
 * Takes the port that the flags name.
 *
 * @param prefix what the flags are called in front, as `as-` in `all`
 * @throws ConfigurationError for a host or URL that can't be served, CLIError if the port can't be had
 */
export async function openPlace(flags: PlaceFlags, prefix: '' | 'as-' | 'rs-'): Promise<Place> {
  const publicUrl =
    flags['public-url'] === undefined ? undefined : parsePublicUrl(flags['public-url'], prefix);
  const host = parseHost(flags.host, prefix);
  if (isWildcard(host) && publicUrl === undefined) {
    throw new ConfigurationError(
      `${prefix}host`,
      `${flags.host} listens on every address, so the URL for clients must be named with --${prefix}public-url <url>`,
    );
  }
  const open = await openPort({ host, port: flags.port, flag: `${prefix}port` });
  return {
    ...open,
    url: publicUrl ?? `http://${host}:${open.port}`,
    demoMode: publicUrl === undefined && isLoopbackHost(host),
  };
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
