import { expect, it, onTestFinished } from 'vitest';
import { type Store, StoreUnavailableError } from '../../src/as/index.js';
import { systemClock } from '../../src/shared/clock.js';
import { describeWithRedisServer, type RedisServer } from '../support/redis.js';
import { openedRedis } from '../support/redis-store.js';
import { startCluster, startSentinels } from '../support/redis-topology.js';

const session = { sub: 's', auth_time: 1 };
const later = () => systemClock.now() + 600;
const ids = Array.from({ length: 30 }, (_, at) => `id-${at}`);

/** How each of the records is answered for. */
async function answers(store: Store): Promise<readonly ('there' | 'gone' | 'unavailable')[]> {
  return Promise.all(
    ids.map(async (id) => {
      try {
        return (await store.get('session', id)) ? 'there' : 'gone';
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        return 'unavailable';
      }
    }),
  );
}

async function sessionsAt(server: RedisServer | undefined): Promise<number> {
  const keys = (await server?.cli('--scan', '--pattern', '*#session:*')) ?? '';
  return keys.split('\n').filter((key) => key !== '').length;
}

describeWithRedisServer('where several Redis stand in for each other', () => {
  it('a store goes on with the master that the sentinels chose', { timeout: 90_000 }, async () => {
    const redis = await startSentinels();
    onTestFinished(() => redis.remove());
    const store = await openedRedis(redis.url);
    onTestFinished(() => store.close());
    for (const id of ids) await store.put('session', id, session, later());
    await expect.poll(() => sessionsAt(redis.replica)).toBe(ids.length);
    await redis.master.stop('SIGKILL');
    expect(await answers(store)).toContain('unavailable');
    await expect.poll(() => answers(store), { timeout: 40_000 }).toEqual(ids.map(() => 'there'));
    expect(await store.take('session', 'id-0')).toEqual(session);
    expect(await redis.replica.cli('role')).toMatch(/^master/);
  });

  it(
    'a store in a cluster misses no more than what is on the node that is gone',
    { timeout: 90_000 },
    async () => {
      const redis = await startCluster();
      onTestFinished(() => redis.remove());
      for (const server of redis.servers)
        await server.cli('config', 'set', 'cluster-require-full-coverage', 'no');
      const store = await openedRedis(redis.url);
      onTestFinished(() => store.close());
      for (const id of ids) await store.put('session', id, session, later());
      const [first, ...others] = redis.servers;
      const lost = await sessionsAt(first);
      expect(lost).toBeGreaterThan(0);
      for (const server of others) expect(await sessionsAt(server)).toBeGreaterThan(0);
      await first?.stop('SIGKILL');
      const seen = await answers(store);
      expect(seen.filter((answer) => answer === 'there')).toHaveLength(ids.length - lost);
      expect(seen.filter((answer) => answer === 'unavailable')).toHaveLength(lost);
      await first?.start();
      await expect
        .poll(() => answers(store).then((all) => all.includes('unavailable')), { timeout: 40_000 })
        .toBe(false);
    },
  );
});
