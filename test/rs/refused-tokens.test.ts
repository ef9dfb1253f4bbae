import { describe, expect, it } from 'vitest';
import { activeAnswer, createWorld, GOOD, INITIALIZE, mcpRequest, NOW, type World } from './support.js';

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';
const MOST = 120;

/** A call of a tool with a token, from an address. */
function call(world: World, token: string, address: string | undefined = HERE): Promise<Response> {
  return world.rs.fetch(
    mcpRequest(INITIALIZE, { authorization: `Bearer ${token}` }),
    address === undefined ? undefined : { address, port: 4711 },
  );
}

const bad = (at: number): string => `bad-token-${at}-0123456789abcdef0123456789`;

async function flood(world: World, from = (_at: number): string => HERE): Promise<void> {
  for (let at = 0; at < MOST; at += 1) expect((await call(world, bad(at), from(at))).status).toBe(401);
}

/** A server that others than this machine can reach, so that its limit is on. */
const limited = (options: Parameters<typeof createWorld>[0] = {}) => {
  const world = createWorld({
    demoMode: false,
    authServers: [
      { issuer: 'http://localhost:9000', introspectionCredentials: { id: 'rs', secret: 'a-secret' } },
    ],
    ...options,
  });
  // In the middle of a window.
  world.time.now = NOW - (NOW % 60) + 17;
  return world;
};

describe('tokens that are no good', () => {
  it('are refused with 429 after 120 from one address, without a challenge, and the AS is not asked', async () => {
    const world = limited();
    await flood(world);
    const asked = world.as.introspections.length;
    const refused = await call(world, bad(999));
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '43',
    });
    expect(refused.headers.get('www-authenticate')).toBeNull();
    expect(refused.headers.get('cache-control')).toContain('no-store');
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect(world.as.introspections).toHaveLength(asked);
    expect((await call(world, bad(999), ELSEWHERE)).status).toBe(401);
    world.time.now += 43;
    expect((await call(world, bad(999))).status).toBe(401);
  });

  it('that come all at once are looked at all, and none after them', async () => {
    const world = limited();
    const burst = await Promise.all(Array.from({ length: MOST * 2 }, (_, at) => call(world, bad(at))));
    expect(new Set(burst.map(({ status }) => status))).toEqual(new Set([401]));
    expect((await call(world, bad(999))).status).toBe(429);
  });

  it('are told of once for a window, however many come', async () => {
    const world = limited();
    await flood(world);
    const told = world.events.length;
    for (let at = 0; at < 20; at += 1) await call(world, bad(at));
    expect(world.told('rate_limit.reached')).toEqual([
      expect.objectContaining({
        limit: 'refused_tokens',
        address: HERE,
        most: MOST,
        retry_after: 43,
        server: 'rs',
      }),
    ]);
    expect(world.events.slice(told).map(({ kind }) => kind)).toEqual(Array(20).fill('request.served'));
  });

  it('keep a token out that was good before neither here nor elsewhere', async () => {
    const world = limited();
    expect((await call(world, GOOD)).status).toBe(200);
    await flood(world);
    expect((await call(world, GOOD)).status).toBe(200);
    expect((await call(world, GOOD, ELSEWHERE)).status).toBe(200);
  });

  it('are not let through because they were good once: one that is revoked is looked at one last time', async () => {
    const world = limited();
    await call(world, GOOD);
    world.as.tokens.clear();
    await flood(world);
    expect((await call(world, GOOD)).status).toBe(401);
    expect((await call(world, GOOD)).status).toBe(429);
  });

  it('keep a new token waiting, where they come from', async () => {
    const world = limited();
    await flood(world);
    world.as.tokens.set('fresh', activeAnswer());
    expect((await call(world, 'fresh')).status).toBe(429);
    expect((await call(world, 'fresh', ELSEWHERE)).status).toBe(200);
  });

  it('count together from all of a /64', async () => {
    const world = limited();
    await flood(world, (at) => `2001:db8:1:2::${at}`);
    expect((await call(world, bad(999), '2001:db8:1:2:ffff::1')).status).toBe(429);
    expect((await call(world, bad(999), '2001:db8:1:3::1')).status).toBe(401);
  });

  it('are forgotten of the addresses that came first rather than fill the memory', async () => {
    const world = limited();
    await flood(world);
    for (let at = 0; at < 10_000; at += 1) await call(world, bad(at), `10.0.${at >> 8}.${at & 255}`);
    expect((await call(world, bad(1))).status).toBe(401);
  }, 60_000);

  it('do not count while the AS can not be asked, nor do requests without a token', async () => {
    const world = limited();
    world.as.up = false;
    for (let at = 0; at < MOST * 2; at += 1) expect((await call(world, bad(at))).status).toBe(503);
    const without = () => world.rs.fetch(mcpRequest('{}'), { address: HERE, port: 1 });
    for (let at = 0; at < MOST * 2; at += 1) expect((await without()).status).toBe(401);
    expect(world.told('rate_limit.reached')).toEqual([]);
  });

  it('are not counted in demo mode unless it is asked for, and not with rateLimit: false', async () => {
    for (const [options, expected] of [
      [{ demoMode: true }, 401],
      [{ demoMode: true, rateLimit: true }, 429],
      [{ rateLimit: false }, 401],
    ] as const) {
      const world = limited(options);
      await flood(world);
      expect((await call(world, bad(999))).status).toBe(expected);
    }
  });
});
