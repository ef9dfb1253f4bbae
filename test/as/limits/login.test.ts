import { describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../../src/as/index.js';
import type { Clock } from '../../../src/shared/clock.js';
import type { World } from '../support.js';
import { browserAt, cheapHash, limitedWorld } from './support.js';

const HERE = '203.0.113.7';

const PASSWORD = 'correct horse';
const users = [{ username: 'alice', password_hash: cheapHash(PASSWORD) }];

/** The answer to a login form that was filled in at an address. */
async function logIn(world: World, address: string, username: string, password: string) {
  const browser = browserAt(address, world);
  const page = await browser.visit(world.authorizeUrl());
  return browser.submit(page, { fields: { username, password } });
}

/** Thousands of addresses for whoever has the network. */
const addressAt = (at: number): string => `2001:db8:0:${at.toString(16)}::1`;

describe('wrong passwords for a name', () => {
  it('from elsewhere keep nobody out', async () => {
    const world = limitedWorld({ users });
    for (let at = 0; at < 3; at += 1) await logIn(world, '198.51.100.9', 'alice', 'wrong');
    expect((await logIn(world, '198.51.100.9', 'alice', PASSWORD)).status).toBe(429);
    expect((await logIn(world, HERE, 'alice', PASSWORD)).html).toContain('Allow access?');
  });

  it('are slowed down at an address on all servers with one store', async () => {
    let store: Store | undefined;
    const shared = (clock: Clock) => (store ??= createMemoryStore(clock));
    const [one, other] = [limitedWorld({ users }, shared), limitedWorld({ users }, shared)];
    await logIn(one, HERE, 'alice', 'wrong');
    await logIn(other, HERE, 'alice', 'wrong');
    const third = await logIn(one, HERE, 'alice', 'wrong');
    expect({ status: third.status, wait: third.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '2',
    });
    expect((await logIn(other, HERE, 'alice', PASSWORD)).status).toBe(429);
  });

  it('are one try at a time at an address, also by the addresses of one /64', async () => {
    const world = limitedWorld();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => logIn(world, `2001:db8::${at}`, 'alice', 'wrong')),
    );
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(1);
  });

  it('are not what a second sign-in is told that comes while the first is being checked', async () => {
    const world = limitedWorld({ users });
    const pages = await Promise.all(
      [1, 2].map(async () => {
        const browser = browserAt(HERE, world);
        return { browser, page: await browser.visit(world.authorizeUrl()) };
      }),
    );
    const fields = { username: 'alice', password: PASSWORD };
    const answers = await Promise.all(pages.map(({ browser, page }) => browser.submit(page, { fields })));
    const [refused, ...more] = answers.filter(({ status }) => status === 429);
    expect(more).toEqual([]);
    expect(refused?.html).toContain('Another sign-in with this user name is being checked. Wait 2 seconds');
    expect(refused?.html).not.toContain('Wrong');
    expect(refused?.headers.get('retry-after')).toBe('2');
    expect(world.events.filter(({ kind }) => kind === 'login.failed')).toMatchObject([
      { reason: 'login_in_progress' },
    ]);
  });

  it('from many addresses are slowed down to one a minute after a hundred', async () => {
    const world = limitedWorld();
    for (let at = 0; at < 99; at += 1)
      expect((await logIn(world, addressAt(at), 'alice', 'wrong')).status).toBe(403);
    await logIn(world, addressAt(99), 'alice', 'wrong');
    const refused = await logIn(world, addressAt(100), 'alice', 'wrong');
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '60',
    });
    expect((await logIn(world, addressAt(101), 'bob', 'wrong')).status).toBe(403);
    world.clock.advance(60);
    expect((await logIn(world, addressAt(102), 'alice', 'wrong')).status).toBe(403);
    expect((await logIn(world, addressAt(103), 'alice', 'wrong')).status).toBe(429);
  });

  it('keep nobody out for longer when the clock is set back', async () => {
    const world = limitedWorld({ users });
    for (let at = 0; at < 3; at += 1) await logIn(world, HERE, 'alice', 'wrong');
    world.clock.advance(-3600);
    const refused = await logIn(world, HERE, 'alice', PASSWORD);
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '60',
    });
    world.clock.advance(60);
    expect((await logIn(world, HERE, 'alice', PASSWORD)).html).toContain('Allow access?');
  });

  it('are answered alike for a name that nobody has, from the first to the slowest', async () => {
    const world = limitedWorld();
    for (let at = 0; at < 6; at += 1) {
      const [known, unknown] = [
        await logIn(world, HERE, 'alice', 'wrong'),
        await logIn(world, '198.51.100.9', 'nobody', 'wrong'),
      ];
      const told = ({ status, headers, html }: typeof known) => ({
        status,
        wait: headers.get('retry-after'),
        alert: /role="alert"[^>]*>([^<]*)/.exec(html)?.[1],
      });
      expect(told(unknown)).toEqual(told(known));
      expect(told(known).alert).toBeTruthy();
      world.clock.advance(at < 2 ? 0 : 2 ** (at - 1));
    }
  });
});

describe('wrong passwords for many names', () => {
  it('are refused after fifty from one address, and the page can be sent again later', async () => {
    const world = limitedWorld();
    world.clock.advance(20);
    const browser = browserAt(HERE, world);
    const page = await browser.visit(world.authorizeUrl());
    for (let at = 0; at < 50; at += 1)
      expect((await logIn(world, HERE, `name-${at}`, 'Spring2026!')).status).toBe(403);
    const refused = await browser.submit(page, { fields: { username: 'name-50', password: 'Spring2026!' } });
    expect({ status: refused.status, wait: refused.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '280',
    });
    expect(refused.html).toContain('Too many requests');
    expect(world.events.filter(({ kind }) => kind === 'rate_limit.reached')).toEqual([
      expect.objectContaining({ limit: 'login_failures', address: HERE }),
    ]);
    expect((await logIn(world, '198.51.100.9', 'name-50', 'wrong')).status).toBe(403);
    world.clock.advance(280);
    const later = await browser.submit(page, { fields: { username: 'name-50', password: 'Spring2026!' } });
    expect(later.status).toBe(403);
  });

  it('does not count right ones: a whole company signs in from one address', async () => {
    const world = limitedWorld({ users });
    for (let at = 0; at < 55; at += 1) {
      expect((await logIn(world, HERE, 'alice', PASSWORD)).status).toBe(200);
      world.clock.advance(1);
    }
  }, 60_000);
});
