import { describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../../src/as/index.js';
import { LIMITS } from '../../../src/as/limits/table.js';
import type { Clock } from '../../../src/shared/clock.js';
import { basic, type World } from '../support.js';
import { CLIENT_SECRET, from, limitedWorld, posted, RS_CREDENTIALS, useUp } from './support.js';

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';

/** Two servers with one store. */
function pair(): readonly [World, World] {
  let store: Store | undefined;
  const shared = (clock: Clock) => (store ??= createMemoryStore(clock));
  return [limitedWorld({}, shared), limitedWorld({}, shared)];
}

describe('wrong secrets of a client', () => {
  const authenticate = (world: World, address: string, secret: string, path = '/token') =>
    from(
      address,
      world,
      path,
      posted({ grant_type: 'refresh_token', token: 'x' }, { authorization: basic('confidential', secret) }),
    );

  it('are refused unseen after thirty from one address, the right one too, on both endpoints', async () => {
    const world = limitedWorld();
    world.clock.advance(10);
    const statuses = await useUp('client_failures', (at) => authenticate(world, HERE, `guess-${at}`));
    expect(new Set(statuses)).toEqual(new Set([401]));
    for (const path of ['/token', '/revoke']) {
      const refused = await authenticate(world, HERE, CLIENT_SECRET, path);
      expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
        status: 429,
        wait: '290',
      });
    }
    expect(world.events.filter(({ kind }) => kind === 'rate_limit.reached')).toEqual([
      expect.objectContaining({ limit: 'client_failures', client_id: 'confidential', address: HERE }),
    ]);
    world.clock.advance(290);
    expect((await authenticate(world, HERE, CLIENT_SECRET)).status).not.toBe(429);
  });

  it('from a stranger keep the client out nowhere else', async () => {
    const world = limitedWorld();
    await useUp('client_failures', (at) => authenticate(world, ELSEWHERE, `guess-${at}`));
    expect((await authenticate(world, ELSEWHERE, CLIENT_SECRET)).status).toBe(429);
    // What is refused here is the missing refresh token, and not the client.
    expect((await authenticate(world, HERE, CLIENT_SECRET)).status).toBe(400);
  });

  it('count for all servers with one store: each looks at one more at most', async () => {
    const [one, other] = pair();
    await useUp('client_failures', (at) => authenticate(one, HERE, `guess-${at}`));
    expect((await authenticate(other, HERE, 'one more')).status).toBe(401);
    expect((await authenticate(other, HERE, 'and another')).status).toBe(429);
  });

  it('that come all at once are looked at up to the limit of requests, and none after them', async () => {
    const world = limitedWorld();
    const { most } = LIMITS.token_client;
    const burst = await Promise.all(
      Array.from({ length: most + 100 }, (_, at) => authenticate(world, HERE, `guess-${at}`)),
    );
    const looked = burst.filter(({ status }) => status === 401).length;
    expect(looked).toBeGreaterThan(LIMITS.client_failures.most);
    expect(looked).toBeLessThanOrEqual(most);
    expect(burst.filter(({ status }) => status === 429)).toHaveLength(burst.length - looked);
    expect((await authenticate(world, HERE, CLIENT_SECRET, '/revoke')).status).toBe(429);
  });

  it('are counted, and right ones are not', async () => {
    const world = limitedWorld();
    for (let at = 0; at < LIMITS.client_failures.most * 2; at += 1) {
      expect((await authenticate(world, HERE, CLIENT_SECRET)).status).toBe(400);
    }
  });
});

describe('introspection', () => {
  const introspect = (world: World, secret: string, address = HERE) =>
    from(
      address,
      world,
      '/introspect',
      posted({ token: 'x' }, { authorization: basic(RS_CREDENTIALS.id, secret) }),
    );

  it('is not limited for a resource server that shows its credentials, whatever others do at its address', async () => {
    const world = limitedWorld();
    await useUp('introspection_failures', (at) => introspect(world, `guess-${at}`));
    expect((await introspect(world, 'guess')).status).toBe(429);
    for (let at = 0; at < 2000; at += 1) {
      const { status } = await introspect(world, RS_CREDENTIALS.secret);
      if (status !== 200) expect(status).toBe(200);
    }
  });

  it('with wrong credentials is refused with 429 after sixty, and told of once', async () => {
    const world = limitedWorld();
    const statuses = await useUp('introspection_failures', (at) => introspect(world, `guess-${at}`));
    expect(new Set(statuses)).toEqual(new Set([401]));
    world.events.length = 0;
    const refused = await introspect(world, 'guess');
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '60',
    });
    expect(world.events.filter(({ level }) => level !== 'debug')).toEqual([]);
    expect((await introspect(world, 'guess', ELSEWHERE)).status).toBe(401);
  });
});
