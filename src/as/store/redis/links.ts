import { setTimeout as pause } from 'node:timers/promises';
import { isIP } from 'node:net';
import type { RedisCredentials, RedisTarget } from './redis-url.js';

type Library = typeof import('@redis/client');

/** How long a TCP or TLS connection may take, in milliseconds. */
const CONNECT_MILLISECONDS = 2000;

/** The longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE = 2000;

/** How often sentinels are asked who the master is, and a cluster after it lost a node what it looks like, in milliseconds. */
const LOOK_AROUND_MILLISECONDS = 1000;

/** Sends a command and gives what was answered. */
export type Send = (args: readonly string[]) => Promise<unknown>;

/** A way to a Redis, of whatever kind. It reconnects by itself for as long as it is not ended. */
export interface Link {
  /** Whether a command can go out now. */
  isReady(): boolean;
  /**
   * Sends a command once, to where the key is. It is never sent again by itself: a take that was done, and whose answer was
   * lost, would give nothing the second time.
   */
  send(key: string, args: readonly string[]): Promise<unknown>;
  /** One function for each server that has keys. */
  servers(): Promise<readonly Send[]>;
  /** Lets go of all sockets at once; what was under way is rejected. */
  end(): void;
}

/**
 * Goes to a Redis.
 *
 * @param library of Redis' makers
 * @param onError is told of each attempt that failed, and of connections that are lost
 */
export function dial(library: Library, target: RedisTarget, onError: (error: unknown) => void): Link {
  switch (target.kind) {
    case 'single':
      return dialOne(library, target, onError);
    case 'cluster':
      return dialCluster(library, target, onError);
    case 'sentinel':
      return dialSentinels(library, target, onError);
  }
}

/** What every connection has. */
function connectionOptions(tls: boolean, { username, password }: RedisCredentials) {
  return {
    // Nothing here needs version 3, and the proxies of some hosters speak only this one.
    RESP: 2 as const,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // Who waits for an answer gets 503 now, and is not served later when nobody waits any more.
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled' as const,
    socket: {
      connectTimeout: CONNECT_MILLISECONDS,
      keepAlive: true,
      keepAliveInitialDelay: 5000,
      noDelay: true,
      reconnectStrategy: pauseBefore,
      ...(tls && { tls: true as const }),
    },
  };
}

/** Ours, in `connection.ts`, begins when a command is asked for; the library's ends when it has been written. */
const NO_TIMEOUT = { timeout: 0 };

/** 50 ms, then twice as long each time. */
function pauseBefore(attempts: number): number {
  return Math.min(50 * 2 ** Math.min(attempts, 10), LONGEST_PAUSE);
}

function dialOne(library: Library, target: RedisTarget, onError: (error: unknown) => void): Link {
  const [{ host, port }] = target.hosts;
  const { socket, ...options } = connectionOptions(target.tls, target.credentials);
  const client = library.createClient({
    ...options,
    database: target.database,
    commandOptions: NO_TIMEOUT,
    socket: { ...socket, host, port, ...nameForTls(target.tls, host) },
  });
  client.on('error', onError);
  client.connect().catch(onError);
  const send: Send = (args) => client.sendCommand([...args]);
  return {
    isReady: () => client.isReady,
    send: (_key, args) => send(args),
    servers: async () => [send],
    end: () => client.destroy(),
  };
}

function dialCluster(library: Library, target: RedisTarget, onError: (error: unknown) => void): Link {
  const { socket, ...options } = connectionOptions(target.tls, target.credentials);
  const cluster = library.createCluster({
    rootNodes: target.hosts.map(({ host, port }) => ({
      socket: { host, port, ...nameForTls(target.tls, host) },
    })),
    RESP: 2,
    defaults: { ...options, socket },
    commandOptions: NO_TIMEOUT,
    // Else the first connection would wait for a node that is down, even where others have taken over.
    minimizeConnections: true,
    topologyRefreshOnReconnectionAttemptStrategy: LOOK_AROUND_MILLISECONDS,
  });
  cluster.on('error', onError).on('node-error', onError);
  const persistent = persistently(() => cluster.connect(), onError);
  return {
    isReady: () => cluster.isReady,
    send: (key, args) => cluster.sendCommand(key, false, [...args]),
    servers: () =>
      Promise.all(
        cluster.masters.map(async (master): Promise<Send> => {
          const node = await cluster.nodeClient(master);
          return (args) => node.sendCommand([...args]);
        }),
      ),
    end: () => {
      persistent.end();
      if (cluster.isOpen) cluster.destroy();
    },
  };
}

function dialSentinels(library: Library, target: RedisTarget, onError: (error: unknown) => void): Link {
  const node = connectionOptions(target.tls, target.credentials);
  const sentinel = library.createSentinel({
    name: target.masterName,
    sentinelRootNodes: [...target.hosts],
    RESP: 2,
    nodeClientOptions: { ...node, database: target.database },
    sentinelClientOptions: connectionOptions(target.tls, target.sentinelCredentials),
    commandOptions: NO_TIMEOUT,
    // Else it would send again what may have been done.
    maxCommandRediscovers: 0,
    // One connection for all, as commands of one moment go out together then.
    reserveClient: true,
    scanInterval: LOOK_AROUND_MILLISECONDS,
    passthroughClientErrorEvents: true,
  });
  sentinel.on('error', onError);
  const persistent = persistently(() => sentinel.connect(), onError);
  // Without a master that answers, the library would ask the sentinels again and again, without a pause.
  const isReady = () => sentinel.isReady && sentinel.getMasterNode() !== undefined;
  const send: Send = (args) => sentinel.sendCommand(false, [...args]);
  return {
    isReady,
    send: (_key, args) => send(args),
    servers: async () => [send],
    end: () => {
      persistent.end();
      sentinel.destroy().catch(onError);
    },
  };
}

/** Certificates are for names, and are asked for by name. */
function nameForTls(tls: boolean, host: string): { readonly servername?: string } {
  return tls && isIP(host) === 0 ? { servername: host } : {};
}

/** Tries until it works, or is no longer wanted. */
function persistently(connect: () => Promise<unknown>, onError: (error: unknown) => void): { end(): void } {
  const ended = new AbortController();
  void (async () => {
    for (let attempts = 0; !ended.signal.aborted; attempts += 1) {
      try {
        await connect();
        return;
      } catch (error) {
        onError(error);
        await pause(pauseBefore(attempts), undefined, { signal: ended.signal }).catch(() => undefined);
      }
    }
  })();
  return { end: () => ended.abort() };
}
