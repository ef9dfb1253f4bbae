import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLedger, createPerson } from '../../scripts/load/person.js';
import { describeWithRedisServer, type RedisServer, startRedis } from '../support/redis.js';
import { faultsIn } from './support/losses.js';
import { startedHere } from './support/servers.js';

// Time budget: 30 seconds.

const started = startedHere();

interface Fault {
  readonly says: string;
  /** what Redis is started with */
  readonly settings: readonly string[];
  readonly begin: (redis: RedisServer) => Promise<void>;
  readonly end: (redis: RedisServer) => Promise<void>;
}

/** Has it write a snapshot, and waits for the outcome. */
async function snapshot(redis: RedisServer, outcome: 'ok' | 'err'): Promise<void> {
  await redis.cli('bgsave');
  await expect
    .poll(() => redis.cli('info', 'persistence'))
    .toMatch(new RegExp(`rdb_bgsave_in_progress:0[^]*rdb_last_bgsave_status:${outcome}`));
}

const SNAPSHOTS = ['--save', '3600 1000000'];
const isStarting = new WeakMap<RedisServer, Promise<void>>();

const FAULTS: readonly Fault[] = [
  {
    says: 'OOM',
    settings: [],
    begin: async (redis) => void (await redis.cli('config', 'set', 'maxmemory', '1')),
    end: async (redis) => void (await redis.cli('config', 'set', 'maxmemory', '0')),
  },
  {
    says: 'MISCONF',
    settings: SNAPSHOTS,
    begin: async (redis) => {
      // Its file cannot be put where a folder is.
      mkdirSync(join(redis.folder, 'dump.rdb'));
      await snapshot(redis, 'err');
    },
    end: async (redis) => {
      rmdirSync(join(redis.folder, 'dump.rdb'));
      await snapshot(redis, 'ok');
    },
  },
  {
    says: 'LOADING',
    // In microseconds for each key, so that it reads for seconds; meanwhile it answers after each byte.
    settings: [...SNAPSHOTS, '--key-load-delay', '200000', '--loading-process-events-interval-bytes', '1024'],
    begin: async (redis) => {
      for (let at = 0; at < 40; at += 1) await redis.cli('set', `filler-${at}`, 'x'.repeat(2000));
      await redis.cli('config', 'set', 'rdbcompression', 'no');
      await redis.stop('SIGTERM');
      isStarting.set(redis, redis.start());
      await expect.poll(() => redis.cli('ping').catch(String)).toContain('LOADING');
      // Not only whoever asks here: the authorization server has found it again.
      await expect.poll(() => redis.cli('client', 'list')).toContain('\n');
    },
    end: async (redis) => isStarting.get(redis),
  },
];

describeWithRedisServer('Redis that refuses with', () => {
  it.each(FAULTS)('$says costs nobody what they hold, and is told of once', async (fault) => {
    const redis = await startRedis(fault.settings);
    started.atEnd(() => redis.remove());
    const as = await started.as({ flags: ['--store', redis.url] });
    const network = started.network();
    const ledger = createLedger();
    const person = createPerson({ issuer: as.issuer, network, ledger });
    const client = await person.register();
    const grant = await person.flow(client, { callsTool: false, revokes: false });
    const unavailable = { status: 503, retryAfter: expect.any(Number) };
    const kinds = () =>
      as.events().flatMap(({ kind }) => (/^store\.(?:un)?available$/.test(String(kind)) ? [kind] : []));

    await fault.begin(redis);
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(person.register()).rejects.toMatchObject(unavailable);
      await expect(person.refresh(grant)).rejects.toMatchObject(unavailable);
      // What is only read may be answered.
      const ready = await network.send('ask', `${as.issuer}/readyz`);
      expect(ready.status).toBe(fault.says === 'LOADING' ? 503 : 200);
    }
    const told = as.events().find(({ kind }) => kind === 'store.unavailable');
    expect(told?.['message']).toContain(`refuses: ${fault.says}`);
    expect(kinds()).toEqual(['store.unavailable']);

    await fault.end(redis);
    await expect
      .poll(() =>
        person.register().then(
          () => 'registered',
          () => 'refused',
        ),
      )
      .toBe('registered');
    await person.refresh(grant);
    expect(await faultsIn(ledger, person)).toEqual([]);
    expect(as.child.exitCode).toBeNull();
  });
});
