import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { anyRedis, describeWithRedis, describeWithRedisServer } from '../support/redis.js';
import { openedRedis } from '../support/redis-store.js';
import { type RedisServers, startCluster, startSentinels } from '../support/redis-topology.js';
import { storeContract } from './store-contract.js';

/** A new prefix for each test: others may use the same Redis. */
const contractOf = (name: string, url: () => string) =>
  storeContract(name, async (clock) => {
    const issuer = `https://${randomUUID()}.example`;
    return {
      store: await openedRedis(url(), { issuer, clock }),
      other: await openedRedis(url(), { issuer, clock }),
    };
  });

describeWithRedis('a store in Redis', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>> | undefined;
  beforeAll(async () => void (redis = await anyRedis()));
  afterAll(() => redis?.remove());
  contractOf('redis', () => redis?.url ?? '');
});

describeWithRedisServer('a store in a Redis Cluster', () => {
  let cluster: RedisServers | undefined;
  beforeAll(async () => void (cluster = await startCluster()));
  afterAll(() => cluster?.remove());
  contractOf('redis-cluster', () => cluster?.url ?? '');
});

describeWithRedisServer('a store in a Redis that sentinels watch', () => {
  let sentinels: RedisServers | undefined;
  beforeAll(async () => void (sentinels = await startSentinels()));
  afterAll(() => sentinels?.remove());
  contractOf('redis-sentinel', () => sentinels?.url ?? '');
});
