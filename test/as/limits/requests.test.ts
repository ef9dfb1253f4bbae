import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type Store, StoreUnavailableError } from '../../../src/as/index.js';
import { LIMITS } from '../../../src/as/limits/table.js';
import type { Clock } from '../../../src/shared/clock.js';
import { createWorld, type World } from '../support.js';
import { from, limitedWorld, posted, useUp } from './support.js';

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';

/** What anybody can send, and under which limit. */
const REQUESTS = [
  ['register', '/register', { method: 'POST', body: '{}' }],
  ['registration', '/register/some-client', {}],
  ['registration', '/register/some-client', { method: 'DELETE' }],
  ['authorize', '/authorize', {}],
  ['authorize', '/authorize', posted({})],
  ['login', '/login', posted({ username: 'alice', password: 'x' })],
  ['pages', '/consent', {}],
  ['pages', '/grants', {}],
  ['token', '/token', posted({ grant_type: 'refresh_token' })],
  ['revoke', '/revoke', posted({ token: 'x' })],
] as const;

const reached = (world: World) => world.events.filter(({ kind }) => kind === 'rate_limit.reached');

describe('a limit of requests from an address', () => {
  it.each(REQUESTS)(
    '%s: %s is answered 429 with the seconds until the window ends',
    async (name, path, init) => {
      const world = limitedWorld();
      // Many names of clients, so that no limit of one client is met.
      const ask = (address: string, at = 0) =>
        from(
          address,
          world,
          path.startsWith('/authorize') && !('body' in init) ? `${path}?client_id=${at}` : path,
          init,
        );
      world.clock.advance(17);
      // POST /authorize names no client, and those without a name count as one client: half of the address.
      const allowed =
        path === '/authorize' && 'body' in init ? LIMITS.authorize_client.most : LIMITS[name].most;
      for (let at = 0; at < allowed; at += 1) expect((await ask(HERE, at)).status).not.toBe(429);
      const refused = await ask(HERE);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe(String(LIMITS[name].seconds - 17));
      expect(refused.headers.get('cache-control')).toContain('no-store');
      expect((await ask(ELSEWHERE)).status).not.toBe(429);
      world.clock.advance(LIMITS[name].seconds - 18);
      expect((await ask(HERE)).headers.get('retry-after')).toBe('1');
      world.clock.advance(1);
      expect((await ask(HERE)).status).not.toBe(429);
    },
  );

  it('is told of once for a window, and not with every request that is refused', async () => {
    const world = limitedWorld();
    const ask = () => from(HERE, world, '/revoke', posted({ token: 'x' }));
    await useUp('revoke', ask);
    world.events.length = 0;
    for (let at = 0; at < 20; at += 1) await ask();
    expect(world.events.filter(({ level }) => level !== 'debug')).toEqual([
      expect.objectContaining({
        kind: 'rate_limit.reached',
        level: 'warning',
        limit: 'revoke',
        address: HERE,
        most: 1200,
        seconds: 60,
        retry_after: 60,
      }),
    ]);
    expect(world.events.at(-1)).toMatchObject({
      kind: 'request.served',
      status: 429,
      reason: 'rate_limited',
    });
    world.clock.advance(60);
    await useUp('revoke', ask);
    await ask();
    expect(reached(world)).toHaveLength(2);
  });

  it('is of no concern to what costs nothing: metadata, health, preflights, other methods', async () => {
    const world = limitedWorld();
    await useUp('token', () => from(HERE, world, '/token', posted({})));
    for (const path of ['/.well-known/oauth-authorization-server', '/healthz', '/readyz'])
      expect((await from(HERE, world, path)).status).toBe(200);
    const preflight = { method: 'OPTIONS', headers: { origin: 'http://localhost:6274' } };
    expect((await from(HERE, world, '/token', preflight)).status).toBe(204);
    expect((await from(HERE, world, '/token')).status).toBe(405);
    expect((await from(HERE, world, '/token', posted({}))).status).toBe(429);
  });
});

describe('the answer of a limit', () => {
  it('is JSON to a program, and a page of another origin can read it', async () => {
    const world = limitedWorld();
    const ask = () =>
      from(HERE, world, '/token', posted({ client_id: 'x' }, { origin: 'http://localhost:6274' }));
    await useUp('token_client', ask);
    const refused = await ask();
    expect(await refused.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'too many requests for tokens from your address; try again in 60 seconds',
    });
    expect(refused.headers.get('access-control-allow-origin')).toBe('http://localhost:6274');
    expect(refused.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('is a page to a person, like every other page', async () => {
    const world = limitedWorld();
    const ask = () => from(HERE, world, '/authorize?client_id=x');
    await useUp('authorize_client', ask);
    const refused = await ask();
    const page = await refused.text();
    expect(refused.headers.get('content-type')).toContain('text/html');
    expect(refused.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page).toContain('Too many requests');
    expect(page).toContain('try again in 60 seconds');
  });

  it('comes before anything is read, fetched or looked up', async () => {
    let fetched = 0;
    const operations: string[] = [];
    const createStore = (clock: Clock): Store => {
      const store = createMemoryStore(clock);
      return {
        ...store,
        get: (...args) => (operations.push('get'), store.get(...args)),
        increment: (...args) => (operations.push('increment'), store.increment(...args)),
      };
    };
    const fetchDocument = async (): Promise<never> => {
      fetched += 1;
      throw new Error('unreachable');
    };
    const world = limitedWorld({}, createStore, { fetchDocument });
    const documentOf = (at: number) =>
      `/authorize?client_id=https://client-${at}.example/client&redirect_uri=x`;
    await useUp('authorize', (at) => from(HERE, world, documentOf(at)));
    await from(HERE, world, documentOf(9998));
    expect(fetched).toBeGreaterThan(20);
    const before = fetched;
    operations.length = 0;
    expect((await from(HERE, world, documentOf(9999))).status).toBe(429);
    expect(fetched).toBe(before);
    expect(operations).toEqual([]);

    await useUp('token', (at) => from(HERE, world, '/token', posted({ client_id: `${at}` })));
    let read = false;
    const body = new ReadableStream({ pull: () => void (read = true) }, { highWaterMark: 0 });
    const unread = { method: 'POST', body, duplex: 'half' as const };
    expect((await from(HERE, world, '/token', unread)).status).toBe(429);
    expect(read).toBe(false);
  });
});

describe('an address', () => {
  it('of IPv6 is counted with all of its /64, so that changing it gains nothing', async () => {
    const world = limitedWorld();
    const ask = (address: string) => from(address, world, '/revoke', posted({ token: 'x' }));
    const statuses = await useUp('revoke', (at) => ask(`2001:db8:1:2::${at.toString(16)}`));
    expect(statuses).not.toContain(429);
    expect((await ask('2001:db8:1:2:ffff:ffff:ffff:ffff')).status).toBe(429);
    expect((await ask('2001:db8:1:3::1')).status).not.toBe(429);
  });

  it('of IPv4 is the same inside of IPv6', async () => {
    const world = limitedWorld();
    const ask = (address: string) => from(address, world, '/revoke', posted({ token: 'x' }));
    await useUp('revoke', () => ask('203.0.113.7'));
    expect((await ask('::ffff:203.0.113.7')).status).toBe(429);
  });

  it('is not what a header says', async () => {
    const world = limitedWorld();
    const ask = (at: number) =>
      from(
        HERE,
        world,
        '/revoke',
        posted({}, { 'x-forwarded-for': `192.0.2.${at % 256}`, forwarded: `for=192.0.2.${at % 256}` }),
      );
    await useUp('revoke', ask);
    expect((await ask(1)).status).toBe(429);
  });

  it('that is not known is one address for all of whom it is not known', async () => {
    const world = limitedWorld();
    await useUp('revoke', () => from(undefined, world, '/revoke', posted({})));
    expect((await from(undefined, world, '/revoke', posted({}))).status).toBe(429);
    expect((await from(HERE, world, '/revoke', posted({}))).status).not.toBe(429);
  });

  it('one of ten thousand pushes nothing out of the store but other counts', async () => {
    const world = limitedWorld({}, (clock) => createMemoryStore(clock, { maxRecords: 1000 }));
    const registered = await from(HERE, world, '/register', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/'] }),
    });
    const { client_id } = (await registered.json()) as { client_id: string };
    for (let at = 0; at < 10_000; at += 1)
      await from(`10.0.${at >> 8}.${at & 255}`, world, '/revoke', posted({}));
    const known = await from(HERE, world, `/authorize?client_id=${client_id}`);
    expect(await known.text()).not.toContain('not known here');
  }, 30_000);
});

describe('a limit of requests of a client at an address', () => {
  it('leaves the other half of the address to others', async () => {
    const world = limitedWorld();
    const ask = (client_id: string, address = HERE) =>
      from(address, world, '/token', posted({ grant_type: 'refresh_token', client_id }));
    await useUp('token_client', () => ask('wild'));
    expect((await ask('wild')).status).toBe(429);
    expect((await ask('tame')).status).not.toBe(429);
    expect(reached(world)).toEqual([
      expect.objectContaining({ limit: 'token_client', address: HERE, client_id: 'wild' }),
    ]);
  });

  it('can not be used up by a stranger elsewhere, who knows the client_id as everybody does', async () => {
    const world = limitedWorld();
    const ask = (address: string) => from(address, world, '/authorize?client_id=demo-preset');
    await useUp('authorize_client', () => ask(ELSEWHERE));
    expect((await ask(ELSEWHERE)).status).toBe(429);
    expect((await ask(HERE)).status).not.toBe(429);
  });

  it('is not got around by many client_ids: the address is counted too', async () => {
    const world = limitedWorld();
    const ask = (at: number) => from(HERE, world, `/authorize?client_id=made-up-${at}`);
    expect(await useUp('authorize', ask)).not.toContain(429);
    expect((await ask(9999)).status).toBe(429);
  });
});

describe('several servers with one store', () => {
  let one: World;
  let other: World;

  beforeEach(() => {
    let store: Store | undefined;
    const shared = (clock: Clock) => (store ??= createMemoryStore(clock));
    one = limitedWorld({}, shared);
    other = limitedWorld({}, shared);
  });

  it('count together, and one of them tells of it', async () => {
    const ask = (at: number) => from(HERE, at % 2 === 0 ? one : other, '/revoke', posted({}));
    expect(await useUp('revoke', ask)).not.toContain(429);
    expect((await ask(0)).status).toBe(429);
    expect((await ask(1)).status).toBe(429);
    expect([...reached(one), ...reached(other)]).toHaveLength(1);
  });
});

describe('limits', () => {
  it('are off in demo mode, unless they are asked for', async () => {
    for (const [rateLimit, expected] of [
      [undefined, false],
      [true, true],
    ] as const) {
      const world = createWorld(rateLimit === undefined ? {} : { rateLimit });
      await useUp('revoke', () => from(HERE, world, '/revoke', posted({})));
      expect((await from(HERE, world, '/revoke', posted({}))).status === 429).toBe(expected);
    }
  });

  it('can be turned off outside of it, and nothing is counted then', async () => {
    let counted = 0;
    const world = limitedWorld({ rateLimit: false }, (clock) => {
      const store = createMemoryStore(clock);
      return { ...store, increment: (...args) => ((counted += 1), store.increment(...args)) };
    });
    await useUp('revoke', () => from(HERE, world, '/revoke', posted({})));
    expect((await from(HERE, world, '/revoke', posted({}))).status).not.toBe(429);
    expect(counted).toBe(0);
  });

  it('let nobody pass while the store can not count', async () => {
    const world = limitedWorld({}, (clock) => ({
      ...createMemoryStore(clock),
      increment: async () => Promise.reject(new StoreUnavailableError('gone')),
    }));
    const refused = await from(HERE, world, '/token', posted({}));
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 503,
      wait: '5',
    });
  });
});
