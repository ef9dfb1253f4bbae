import { expect, it } from 'vitest';
import { createHostResolver } from '../../src/cli/resolve-host.js';
import { isLoopbackHost } from '../../src/shared/http/loopback.js';

it('a name leads to its addresses', async () => {
  const addresses = await createHostResolver()('localhost');
  expect(addresses.length).toBeGreaterThan(0);
  expect(addresses.every(isLoopbackHost)).toBe(true);
});

it('a name that nobody knows leads nowhere, and is no failure', async () => {
  expect(await createHostResolver()('nobody.invalid')).toEqual([]);
});
