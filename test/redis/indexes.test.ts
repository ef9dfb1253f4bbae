import { randomUUID } from 'node:crypto';
import * as library from '@redis/client';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { NEVER, type Records, type Store, StoreUnavailableError } from '../../src/as/index.js';
import { type Connection, connectionOver } from '../../src/as/store/redis/connection.js';
import { keysOf } from '../../src/as/store/redis/keys.js';
import { dial } from '../../src/as/store/redis/links.js';
import { createRedisStore } from '../../src/as/store/redis/redis-store.js';
import { parseRedisUrl } from '../../src/as/store/redis/redis-url.js';
import { type SteppedClock, steppedClock } from '../contract/store-contract.js';
import { anyRedis, describeWithRedis } from '../support/redis.js';
import { openedRedis } from '../support/redis-store.js';

const grant = (sub: string): Records['grant'] => ({
  client_id: 'c',
  sub,
  scope: '',
  resource: [],
  created_at: 1,
});

describeWithRedis('what the store in Redis finds records by', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>> | undefined;
  beforeAll(async () => void (redis = await anyRedis()));
  afterAll(() => redis?.remove());

  /** An empty store and another way to it. */
  async function pair(clock: SteppedClock): Promise<readonly [Store, Store, issuer: string]> {
    const issuer = `https://${randomUUID()}.example`;
    const url = redis?.url ?? '';
    const stores = [
      await openedRedis(url, { issuer, clock }),
      await openedRedis(url, { issuer, clock }),
    ] as const;
    onTestFinished(async () => void (await Promise.all(stores.map((store) => store.close()))));
    return [...stores, issuer];
  }

  /** Commands to the same Redis, of which the test lets some fail. */
  function connection(): Connection {
    const opened = connectionOver('it', () =>
      dial(library, parseRedisUrl(redis?.url ?? ''), () => undefined),
    );
    onTestFinished(() => opened.close());
    return opened;
  }

  it('is the same as what is there, whatever was done at once', async () => {
    const clock = steppedClock();
    const [store, other] = await pair(clock);
    const id = fc.constantFrom('a' as const, 'b' as const, 'c' as const);
    const sub = fc.constantFrom('x', 'y');
    const ends = fc.constantFrom(30, 60, 90);
    const step = fc.oneof(
      fc.record({ act: fc.constant('put' as const), id, sub, ends }),
      fc.record({ act: fc.constant('replace' as const), id, sub, ends, from: sub }),
      fc.record({ act: fc.constant('take' as const), id }),
      fc.record({ act: fc.constant('list' as const), sub }),
    );
    // Each put has an id of its own, as grants have: what is taken and replaced is the last one, maybe before it is there.
    const ids: string[] = [];
    const last = { a: 'a', b: 'b', c: 'c' };
    const run = async (by: Store, made: typeof step extends fc.Arbitrary<infer Step> ? Step : never) => {
      const at = clock.now();
      if (made.act === 'put') {
        ids.push((last[made.id] = `${made.id}${ids.length}`));
        await by.put('grant', last[made.id], grant(made.sub), at + made.ends);
      }
      if (made.act === 'take') await by.take('grant', last[made.id]);
      if (made.act === 'list') await by.list('grant', { sub: made.sub });
      if (made.act === 'replace') {
        const change = { expected: grant(made.from), value: grant(made.sub), expires_at: at + made.ends };
        await by.replace('grant', last[made.id], change);
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 4 }),
        fc.constantFrom(0, 45),
        async (rounds, pass) => {
          for (const round of rounds)
            await Promise.all(round.map((made, at) => run(at % 2 === 0 ? store : other, made)));
          clock.advance(pass);
          for (const wanted of ['x', 'y']) {
            const there = await Promise.all(
              ids.map(async (each) => ((await store.get('grant', each))?.sub === wanted ? [each] : [])),
            );
            const listed = (await other.list('grant', { sub: wanted })).map((found) => found.id).sort();
            expect(listed).toEqual(there.flat().sort());
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is written before the record: without it there is no record either', async () => {
    const clock = steppedClock();
    const keys = keysOf(randomUUID());
    const real = connection();
    await expect.poll(() => real.send('k', 'GET', 'k').catch(() => 'not yet')).toBeNull();
    const whole = createRedisStore(real, keys, clock);
    const noIndex = createRedisStore({ ...real, run: () => Promise.reject(new Error('lost')) }, keys, clock);
    await expect(noIndex.put('grant', 'one', grant('x'), clock.now() + 60)).rejects.toThrow('lost');
    expect(await whole.get('grant', 'one')).toBeUndefined();
    const noRecord = createRedisStore(
      { ...real, send: () => Promise.reject(new Error('lost')) },
      keys,
      clock,
    );
    await expect(noRecord.put('grant', 'two', grant('x'), clock.now() + 60)).rejects.toThrow('lost');
    expect(await whole.list('grant', { sub: 'x' })).toEqual([]);
    await whole.put('grant', 'two', grant('x'), clock.now() + 60);
    expect(await whole.list('grant', { sub: 'x' })).toHaveLength(1);
  });

  it('ends when nothing is left to find, and not while there is', async () => {
    const clock = steppedClock();
    const [store, , issuer] = await pair(clock);
    const raw = connection();
    const left = (key: string) => raw.send(key, 'PTTL', key).catch(() => 'not yet');
    const index = keysOf(issuer).index('grant', 'sub', 'x');
    await store.put('grant', 'one', grant('x'), clock.now() + 60);
    await expect.poll(() => left(index)).toBeGreaterThan(3_600_000);
    expect(await left(index)).toBeLessThanOrEqual(3_660_000);
    await store.put('grant', 'two', grant('x'), NEVER);
    expect(await left(index)).toBe(-1);
    await store.put('grant', 'three', grant('x'), clock.now() + 10);
    expect(await left(index)).toBe(-1);
  });

  it('names a record until its end, also where another writer meant it to end sooner, and lost', async () => {
    const clock = steppedClock();
    const [store, other] = await pair(clock);
    await store.put('grant', 'kept', grant('x'), clock.now() + 10_000);
    const sooner = { expected: grant('y'), value: grant('x'), expires_at: clock.now() + 10 };
    expect(await other.replace('grant', 'kept', sooner)).toBe(false);
    expect(await other.add('grant', 'kept', grant('x'), clock.now() + 10)).toBe(false);
    clock.advance(3700);
    // Whoever enters another one clears away what has ended.
    await other.put('grant', 'more', grant('x'), clock.now() + 10);
    expect((await store.list('grant', { sub: 'x' })).map(({ id }) => id).sort()).toEqual(['kept', 'more']);
  });

  it('lets go of what has ended', async () => {
    const clock = steppedClock();
    const [store, , issuer] = await pair(clock);
    const raw = connection();
    const index = keysOf(issuer).index('grant', 'sub', 'x');
    for (const id of ['one', 'two']) await store.put('grant', id, grant('x'), clock.now() + 60);
    clock.advance(60 + 3600);
    await store.put('grant', 'three', grant('x'), clock.now() + 60);
    await expect
      .poll(() => raw.send(index, 'ZRANGE', index, '0', '-1').catch(() => 'not yet'))
      .toEqual(['three']);
  });

  it('no longer names what was taken, and looks where the fewest are named', async () => {
    const clock = steppedClock();
    const [store, , issuer] = await pair(clock);
    const keys = keysOf(issuer);
    const real = connection();
    await expect.poll(() => real.send('k', 'GET', 'k').catch(() => 'not yet')).toBeNull();
    const sent: (readonly string[])[] = [];
    const watched = createRedisStore(
      { ...real, send: (key, ...args) => (sent.push(args), real.send(key, ...args)) },
      keys,
      clock,
    );
    const end = clock.now() + 60;
    for (const id of ['one', 'two', 'three']) await store.put('grant', id, grant('x'), end);
    await store.put('grant', 'theirs', { ...grant('x'), client_id: 'd' }, end);
    expect(await watched.list('grant', { sub: 'x', client_id: 'd' })).toHaveLength(1);
    expect(sent.filter(([command]) => command === 'GET')).toHaveLength(1);
    for (const id of ['one', 'two', 'three', 'theirs']) await watched.take('grant', id);
    await store.put('session', 's', { sub: 'x', auth_time: 1 }, end);
    await watched.take('session', 's');
    const indexes = [
      keys.index('session', 'sub', 'x'),
      keys.index('grant', 'sub', 'x'),
      keys.index('grant', 'client_id', 'c'),
      keys.index('grant', 'client_id', 'd'),
    ];
    for (const index of indexes) expect(await real.send(index, 'EXISTS', index), index).toBe(0);
  });

  it('hands over what it has taken, also where its names stay behind', async () => {
    const clock = steppedClock();
    const [store, , issuer] = await pair(clock);
    const real = connection();
    await expect.poll(() => real.send('k', 'GET', 'k').catch(() => 'not yet')).toBeNull();
    const away = async () => Promise.reject(new StoreUnavailableError('away'));
    const halfAway = createRedisStore(
      {
        ...real,
        send: (key, ...args) => (args[0] === 'ZREM' ? away() : real.send(key, ...args)),
        run: away,
      },
      keysOf(issuer),
      clock,
    );
    await store.put('grant', 'one', grant('x'), clock.now() + 60);
    await store.put('interaction', 'one', { browser_hash: 'b' }, clock.now() + 60);
    expect(await halfAway.take('grant', 'one')).toEqual(grant('x'));
    expect(await halfAway.take('interaction', 'one')).toEqual({ browser_hash: 'b' });
    expect(await store.list('grant', { sub: 'x' })).toEqual([]);
  });

  it('names what came back after it was taken, as in a failover, once it is replaced', async () => {
    const clock = steppedClock();
    const [store, other, issuer] = await pair(clock);
    const key = keysOf(issuer).record('grant', 'one');
    const real = connection();
    await expect.poll(() => real.send(key, 'GET', key).catch(() => 'not yet')).toBeNull();
    const end = clock.now() + 60;
    await store.put('grant', 'one', grant('x'), end);
    const lost = z.string().parse(await real.send(key, 'GET', key));
    await store.take('grant', 'one');
    await real.send(key, 'SET', key, lost, 'PX', '60000');
    expect(await other.list('grant', { sub: 'x' })).toEqual([]);
    const change = { expected: grant('x'), value: { ...grant('x'), last_used_at: 1 }, expires_at: end };
    expect(await store.replace('grant', 'one', change)).toBe(true);
    for (const index of [{ sub: 'x' }, { client_id: 'c' }]) {
      expect((await other.list('grant', index)).map(({ id }) => id)).toEqual(['one']);
    }
  });

  it('lists thousands', async () => {
    const clock = steppedClock();
    const [store, other] = await pair(clock);
    const ids = Array.from({ length: 3000 }, (_, at) => `${at}`);
    await Promise.all(ids.map((id) => store.put('access_token', id, token('many'), clock.now() + 60)));
    expect(await other.list('access_token', { client_id: 'many' })).toHaveLength(3000);
  });

  it('does not count in a line what has ended, or was taken, or moved to its end', async () => {
    const clock = steppedClock();
    const [store, other] = await pair(clock);
    const put = (id: string, seconds: number) =>
      store.put('interaction', id, { browser_hash: id }, clock.now() + seconds);
    for (const id of ['one', 'two', 'three']) await put(id, 10);
    clock.advance(10);
    for (const id of ['four', 'five', 'six', 'seven']) await put(id, 60);
    expect(await other.take('interaction', 'five')).toBeDefined();
    expect(await other.trim('interaction', 3)).toBe(0);
    await put('four', 60);
    expect(await other.trim('interaction', 1)).toBe(2);
    expect(await store.get('interaction', 'four')).toBeDefined();
    expect(await store.get('interaction', 'seven')).toBeUndefined();
  });

  it('keeps the place in a line of what is put again while it is taken', async () => {
    const clock = steppedClock();
    const keys = keysOf(randomUUID());
    const real = connection();
    await expect.poll(() => real.send('k', 'GET', 'k').catch(() => 'not yet')).toBeNull();
    const whole = createRedisStore(real, keys, clock);
    const put = () => whole.put('interaction', 'one', { browser_hash: 'b' }, clock.now() + 60);
    const send: Connection['send'] = async (...args) => {
      const answer = await real.send(...args);
      if (args[1] === 'GETDEL') await put();
      return answer;
    };
    await put();
    expect(await createRedisStore({ ...real, send }, keys, clock).take('interaction', 'one')).toBeDefined();
    expect(await whole.trim('interaction', 0)).toBe(1);
  });

  it('has no key in which clients choose the node of a cluster, or that two ids share', () => {
    const { record, idOf, pattern } = keysOf('http://[::1]:9000');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, two) => {
        expect(idOf('client', record('client', one))).toBe(one);
        expect(record('client', one) === record('client', two)).toBe(one === two);
        expect(record('client', one)).not.toMatch(/[{}*?[\]\\\s]/);
      }),
    );
    expect(record('client', '{a}*\ud800')).toBe(
      'mcp-oauth-demo:1:http://%005b::1%005d:9000#client:%007ba%007d%002a%d800',
    );
    expect(pattern('client')).toBe('mcp-oauth-demo:1:http://%005b::1%005d:9000#client:*');
  });

  it('adds over what has ended by our clock, and is still in Redis, for exactly one of fifty', async () => {
    const clock = steppedClock();
    const [store, other] = await pair(clock);
    await store.put('login_slot', 'alice', { until: 1 }, clock.now() + 60);
    clock.advance(60);
    const added = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        (at % 2 ? store : other).add('login_slot', 'alice', { until: at }, clock.now() + 60),
      ),
    );
    expect(added.filter(Boolean)).toHaveLength(1);
  });
});

function token(client_id: string): Records['access_token'] {
  return { grant_id: 'g', client_id, sub: 's', scope: '', aud: [], iat: 1, exp: 2, jti: 'j' };
}
