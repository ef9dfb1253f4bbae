import { cliTls, freePort, redisCli, type RedisServer, type RedisTls, startRedis } from './redis.js';

/** How long a cluster or its sentinels may take to agree, in milliseconds. */
const AGREE_LIMIT = 20_000;

/** Several servers that belong together. */
export interface RedisServers {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  remove(): Promise<void>;
}

/** A cluster of three masters, which have the slots between them. */
export async function startCluster(tls?: RedisTls): Promise<RedisServers> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1500'];
  const servers = await Promise.all(
    [1, 2, 3].map(async () => startRedis([...settings, '--cluster-port', String(await freePort())], '', tls)),
  );
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  await redisCli(
    ...cliTls(tls, servers[0]?.folder ?? ''),
    '--cluster',
    'create',
    ...addresses,
    '--cluster-yes',
  );
  await until(async () => {
    const states = await Promise.all(servers.map((server) => server.cli('cluster', 'info')));
    return states.every(
      (state) => state.includes('cluster_state:ok') && state.includes('cluster_known_nodes:3'),
    );
  });
  const scheme = tls ? 'rediss-cluster' : 'redis-cluster';
  return { url: `${scheme}://${addresses.join(',')}`, servers, remove: () => removeAll(servers) };
}

/** A master, a replica of it, and three sentinels that make the replica master when the master is gone. */
export async function startSentinels(
  tls?: RedisTls,
): Promise<RedisServers & { readonly master: RedisServer; readonly replica: RedisServer }> {
  const master = await startRedis([], '', tls);
  const replica = await startRedis(
    ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0'],
    '',
    tls,
  );
  await until(async () => (await replica.cli('info', 'replication')).includes('master_link_status:up'));
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(master.port, tls)));
  // They find each other and the replica through the master.
  await until(async () => {
    const known = await Promise.all(sentinels.map(({ cli }) => cli('sentinel', 'master', 'mymaster')));
    return known.every((text) => /num-slaves\n1\n/.test(text) && /num-other-sentinels\n2\n/.test(text));
  });
  const servers = [master, replica, ...sentinels];
  return {
    url: `${tls ? 'rediss-sentinel' : 'redis-sentinel'}://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/mymaster`,
    servers,
    master,
    replica,
    remove: () => removeAll(servers),
  };
}

function startSentinel(masterPort: number, tls?: RedisTls): Promise<RedisServer> {
  const settings = [
    `sentinel monitor mymaster 127.0.0.1 ${masterPort} 2`,
    'sentinel down-after-milliseconds mymaster 1000',
    'sentinel failover-timeout mymaster 5000',
  ];
  // It writes down there what it learns.
  return startRedis(['--sentinel'], `${settings.join('\n')}\n`, tls);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const late = AbortSignal.timeout(AGREE_LIMIT);
  while (!(await holds())) {
    late.throwIfAborted();
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function removeAll(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.remove()));
}
