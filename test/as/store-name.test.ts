import { expect, it } from 'vitest';
import { openStore } from '../../src/as/index.js';
import { steppedClock } from '../contract/store-contract.js';

it.each([
  'redis+tls://user:sec-ret@redis.example',
  'valkey:user:sec-ret@redis.example',
  'user:sec-ret@redis.example:6379',
  'REDIS:/user:sec-ret@redis.example',
  'http://user:sec\n-ret@redis.example/a@b',
])('what is no store is refused without the password in it: %j', async (store) => {
  const refused = await openStore({
    store,
    issuer: 'https://as.example',
    clock: steppedClock(),
  }).catch(String);
  expect(refused).toMatch(/is none of memory, sqlite:<file>, redis:/);
  expect(refused).not.toMatch(/sec|ret|user/);
});

it('what is no store is named, so that a slip of the pen is seen', async () => {
  const opened = openStore({ store: 'sqlit:oauth.db', issuer: 'https://as.example', clock: steppedClock() });
  await expect(opened).rejects.toThrow('"sqlit:oauth.db" is none of memory');
});

it('the store of this process is nowhere else', async () => {
  const opened = await openStore({ store: 'memory', issuer: 'https://as.example', clock: steppedClock() });
  expect(opened.place).toBeUndefined();
});
