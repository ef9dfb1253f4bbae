import { ConfigurationError } from '../../../shared/configuration-error.js';

/** One address. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Name and password, as the ACL of a Redis has them. */
export interface RedisCredentials {
  readonly username?: string;
  readonly password?: string;
}

/** Which Redis, and how to get in. */
export interface RedisTarget {
  /** one server, a cluster, or a master that sentinels know */
  readonly kind: 'single' | 'cluster' | 'sentinel';
  readonly tls: boolean;
  /** of a cluster some of its nodes, of a master its sentinels */
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  readonly credentials: RedisCredentials;
  /** a cluster has none but 0 */
  readonly database: number;
  /** what the sentinels call the master; empty unless `kind` is `sentinel` */
  readonly masterName: string;
  /** the sentinels have an ACL of their own */
  readonly sentinelCredentials: RedisCredentials;
}

/** The forms, for whoever gave another. */
const FORMS =
  'redis://[user:password@]host[:port][/database], redis-cluster://host,host… or redis-sentinel://host,host…/master; with TLS rediss…';

const URL_OF_REDIS =
  /^redis(?<tls>s?)(?:-(?<kind>cluster|sentinel))?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^/?#@]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

const ADDRESS =
  /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?))(?::(?<port>\d{1,5}))?$/i;

const DEFAULT_PORT = { single: 6379, cluster: 6379, sentinel: 26_379 } as const;

/** Whether a value of `--store` means a Redis. */
export function isRedisUrl(store: string): boolean {
  return /^rediss?(?:-[a-z]+)?:/.test(store);
}

/**
 * Reads a URL of a Redis, of a cluster or of sentinels.
 *
 * @throws ConfigurationError that says what is wrong, and shows nothing that could be a password
 */
export function parseRedisUrl(url: string): RedisTarget {
  const { groups } = URL_OF_REDIS.exec(url) ?? {};
  if (!groups) {
    const hint = (url.match(/@/g) ?? []).length > 1 ? '; write an @ in a password as %40' : '';
    throw wrong(`is no URL of a Redis${hint}; write ${FORMS}`);
  }
  const kind = kindOf(groups['kind']);
  const [first, ...others] = (groups['hosts'] ?? '')
    .split(',')
    .map((text) => addressOf(text, DEFAULT_PORT[kind]));
  if (!first) throw wrong('names no host');
  if (kind === 'single' && others.length > 0)
    throw wrong('names several hosts: say redis-cluster:// or redis-sentinel:// (with TLS rediss-…)');
  const { masterName, database } = pathOf(kind, decoded(groups['path'] ?? ''));
  return {
    kind,
    tls: groups['tls'] === 's',
    hosts: [first, ...others],
    credentials: credentialsOf(groups['user'], groups['password']),
    database,
    masterName,
    sentinelCredentials: sentinelCredentialsOf(kind, groups['query'] ?? ''),
  };
}

/** Where a Redis is, in words that hold no password. */
export function placeOf({ kind, hosts, masterName }: RedisTarget): string {
  const at = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  if (kind === 'single') return `the Redis at ${at}`;
  return kind === 'cluster'
    ? `the Redis Cluster at ${at}`
    : `the Redis "${masterName}" by its sentinels at ${at}`;
}

function wrong(what: string): ConfigurationError {
  return new ConfigurationError('store', what);
}

function kindOf(written: string | undefined): RedisTarget['kind'] {
  return written === 'cluster' || written === 'sentinel' ? written : 'single';
}

function addressOf(text: string, defaultPort: number): RedisHost {
  const { groups } = ADDRESS.exec(text) ?? {};
  const host = groups?.['v6'] ?? groups?.['name'];
  const port = Number(groups?.['port'] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535)
    throw wrong('has a host that is none; write <host> or <host>:<port>, several with a comma between them');
  return { host, port };
}

function pathOf(
  kind: RedisTarget['kind'],
  path: string,
): { readonly masterName: string; readonly database: number } {
  const parts = path === '' ? [] : path.split('/');
  const masterName = kind === 'sentinel' ? (parts.shift() ?? '') : '';
  if (kind === 'sentinel' && masterName === '')
    throw wrong('needs the name that the sentinels know the master by: redis-sentinel://host,host/mymaster');
  const database = parts.shift() ?? '0';
  if (!/^\d{1,5}$/.test(database) || parts.length > 0)
    throw wrong(`has a path that is no number of a database; write ${FORMS}`);
  if (kind === 'cluster' && Number(database) !== 0) throw wrong('names a database, and a cluster has only 0');
  return { masterName, database: Number(database) };
}

function credentialsOf(username: string | undefined, password: string | undefined): RedisCredentials {
  return {
    ...(username !== undefined && username !== '' && { username: decoded(username) }),
    ...(password !== undefined && password !== '' && { password: decoded(password) }),
  };
}

/** The one thing that is asked in a query: how to get in at the sentinels. */
function sentinelCredentialsOf(kind: RedisTarget['kind'], query: string): RedisCredentials {
  const parameters = new URLSearchParams(query);
  const known = kind === 'sentinel' ? ['sentinel-user', 'sentinel-password'] : [];
  for (const name of parameters.keys()) {
    if (known.includes(name)) continue;
    throw wrong(
      `has a parameter that is not known; ${known.length === 0 ? 'there is none here' : `known are ${known.join(' and ')}`}`,
    );
  }
  const username = parameters.get('sentinel-user');
  const password = parameters.get('sentinel-password');
  return { ...(username !== null && { username }), ...(password !== null && { password }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong('has a % that no two hexadecimal digits follow; write a % itself as %25');
  }
}
