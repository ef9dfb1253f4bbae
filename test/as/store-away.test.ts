import { expect, it } from 'vitest';
import { createMemoryStore, StoreUnavailableError } from '../../src/as/index.js';
import { createWorld, ISSUER } from './support.js';

it('a person is told on a page to come again while the store is away, and that nobody did anything wrong', async () => {
  const world = createWorld({}, (clock) => ({
    ...createMemoryStore(clock),
    take: async () => Promise.reject(new StoreUnavailableError('gone')),
  }));
  const page = await world.browser.visit(world.authorizeUrl());
  const answer = await world.browser.submit(page, { fields: { username: 'demo_user', password: 'x' } });
  expect({ status: answer.status, wait: answer.headers.get('retry-after') }).toEqual({
    status: 503,
    wait: '5',
  });
  expect(answer.html).toContain('Not available for now');
  expect(answer.html).toContain('load this page again');
  expect(answer.html).not.toContain('can&#39;t accept');
  expect(answer.html).not.toContain("can't accept");
});

it('the log tells once of a store that can be read and not written to, and once when it can be again', async () => {
  let isFull = false;
  const world = createWorld({}, (clock) => {
    const store = createMemoryStore(clock);
    return {
      ...store,
      add: async (...args) =>
        isFull ? Promise.reject(new StoreUnavailableError('full')) : store.add(...args),
    };
  });
  const told = () => world.events.flatMap(({ kind }) => (kind.startsWith('store.') ? [kind] : []));
  const isReady = async () => (await world.fetch(`${ISSUER}/readyz`)).status;
  isFull = true;
  for (let tries = 0; tries < 3; tries += 1) {
    expect((await world.register()).status).toBe(503);
    expect(await isReady()).toBe(200);
  }
  expect(told()).toEqual(['store.unavailable']);
  isFull = false;
  expect((await world.register()).status).toBe(201);
  expect(told()).toEqual(['store.unavailable', 'store.available']);
});
