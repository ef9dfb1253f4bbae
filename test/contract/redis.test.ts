import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openStore, type Store } from '../../src/as/index.js';
import { anyRedis, describeWithRedis } from '../support/redis.js';
import { storeContract } from './store-contract.js';

describeWithRedis('a store in Redis', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  beforeAll(async () => void (redis = await anyRedis()));
  afterAll(() => redis?.remove());

  storeContract('redis', async (clock) => {
    const issuer = `https://${randomUUID()}.example`;
    const open = async (): Promise<Store> => {
      const { source } = await openStore({ store: redis.url, issuer, clock });
      return typeof source === 'function' ? source() : source;
    };
    return { store: await open(), other: await open() };
  });
});
