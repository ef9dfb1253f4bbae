import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { type Records, type Store, StoreUnavailableError } from '../../src/as/index.js';
import { systemClock } from '../../src/shared/clock.js';
import { describeWithRedisServer, type RedisServer, startRedis } from '../support/redis.js';
import { openedRedis } from '../support/redis-store.js';

const grant: Records['grant'] = { client_id: 'c', sub: 's', scope: '', resource: [], created_at: 1 };
const code: Records['authorization_code'] = {
  grant_id: 'g',
  client_id: 'c',
  redirect_uri: 'http://127.0.0.1/',
  redirect_uri_sent: true,
  code_challenge: 'x',
  sub: 's',
  scope: '',
  resource: [],
};
const later = () => systemClock.now() + 600;

/** Tries until it works, and fails if that takes too long. */
async function eventually<T>(act: () => Promise<T>, milliseconds: number): Promise<T> {
  const late = AbortSignal.timeout(milliseconds);
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (late.aborted || !(error instanceof StoreUnavailableError)) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** Stands between a store and its Redis. */
async function startWire(port: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair)
      socket.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy()));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    /** From now on nothing comes back on the connections that there are. */
    loseAnswers: () => pairs.forEach(([near, far]) => (far.unpipe(near), far.resume())),
    cut: () => pairs.forEach(([near]) => near.destroy()),
    close: () => {
      pairs.forEach(([near]) => near.destroy());
      server.close();
    },
  };
}

describeWithRedisServer('a store whose Redis', () => {
  let redis: RedisServer;
  let store: Store;

  beforeEach(async () => {
    redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    store = await openedRedis(redis.url);
  });

  afterEach(async () => {
    await store.close();
    await redis.remove();
  });

  it('is killed says so at once, and goes on once it is back', async () => {
    await store.put('grant', 'id', grant, later());
    await redis.stop('SIGKILL');
    const asked = performance.now();
    const failures = await Promise.all(
      Array.from({ length: 20 }, () => store.get('grant', 'id').catch((error: unknown) => error)),
    );
    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(performance.now() - asked).toBeLessThan(2500);
    await redis.start();
    expect(await eventually(() => store.get('grant', 'id'), 10_000)).toEqual(grant);
  });

  it('hangs is not waited for, and is used again once it answers', async () => {
    await store.put('grant', 'id', grant, later());
    redis.pause();
    await expect(store.get('grant', 'id')).rejects.toThrow(
      /not answered within 2 seconds.*may have been done/,
    );
    redis.resume();
    expect(await eventually(() => store.get('grant', 'id'), 10_000)).toEqual(grant);
  });

  it('refuses to write for want of memory says that, and is read from meanwhile', async () => {
    await store.put('grant', 'id', grant, later());
    await store.put('authorization_code', 'id', code, later());
    await redis.cli('config', 'set', 'maxmemory', '1');
    await expect(store.put('session', 's', { sub: 's', auth_time: 1 }, later())).rejects.toThrow(
      /refuses: OOM/,
    );
    await expect(store.increment('key', 60)).rejects.toThrow(StoreUnavailableError);
    expect(await store.get('grant', 'id')).toEqual(grant);
    // What comes in its place could not be written; what is revoked has nothing in its place.
    await expect(store.take('authorization_code', 'id')).rejects.toThrow(/refuses: OOM/);
    expect(await store.take('grant', 'id')).toEqual(grant);
    await redis.cli('config', 'set', 'maxmemory', '0');
    expect(await store.take('authorization_code', 'id')).toEqual(code);
    expect(await store.increment('key', 60)).toBe(1);
  });

  it('has become a replica is not written to', async () => {
    await redis.cli('replicaof', '127.0.0.1', '1');
    await expect(store.put('session', 's', { sub: 's', auth_time: 1 }, later())).rejects.toThrow(
      /refuses: READONLY/,
    );
    await redis.cli('replicaof', 'no', 'one');
    await eventually(() => store.put('grant', 'id', grant, later()), 10_000);
  });

  it('is closed on, while it hangs, without waiting for it', async () => {
    redis.pause();
    const asked = store.get('grant', 'id').catch((error: unknown) => error);
    const closing = performance.now();
    await store.close();
    expect(await asked).toBeInstanceOf(StoreUnavailableError);
    expect(performance.now() - closing).toBeLessThan(1000);
    await expect(store.get('grant', 'id')).rejects.toThrow(StoreUnavailableError);
  });

  it('took a record, and whose answer was lost, is not asked to take it again', async () => {
    const wire = await startWire(redis.port);
    onTestFinished(wire.close);
    const remote = await openedRedis(wire.url);
    onTestFinished(() => remote.close());
    await remote.put('session', 's', { sub: 's', auth_time: 1 }, later());
    const before = await takesOf(redis);
    wire.loseAnswers();
    const taken = remote.take('session', 's').catch((error: unknown) => error);
    await expect.poll(() => takesOf(redis)).toBe(before + 1);
    wire.cut();
    expect(await taken).toBeInstanceOf(StoreUnavailableError);
    expect(await eventually(() => remote.get('session', 's'), 10_000)).toBeUndefined();
    expect(await takesOf(redis)).toBe(before + 1);
  });

  it('has fallen silent on a connection is reached on another one', async () => {
    const wire = await startWire(redis.port);
    onTestFinished(wire.close);
    const remote = await openedRedis(wire.url);
    onTestFinished(() => remote.close());
    await remote.put('grant', 'id', grant, later());
    wire.loseAnswers();
    expect(await eventually(() => remote.get('grant', 'id'), 15_000)).toEqual(grant);
  });
});

async function takesOf(redis: RedisServer): Promise<number> {
  const stats = await redis.cli('info', 'commandstats');
  return Number(/cmdstat_getdel:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}
