import { expect, it } from 'vitest';
import { createMemoryStore, StoreUnavailableError } from '../../src/as/index.js';
import { createWorld } from './support.js';

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
