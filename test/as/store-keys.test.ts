import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createMemoryStore, NEVER, type Records, type Store } from '../../src/as/index.js';
import { steppedClock } from '../contract/store-contract.js';
import { interrupted } from './stores.js';
import { createWorld, ISSUER } from './support.js';

const ONE = '11'.repeat(32);
const TWO = '22'.repeat(40);
const THREE = 'abcdefghijklmnopqrstuvwxyz-_0123456789ABCDEFG';

/** One server after the other, all with the same store. */
function restartable() {
  const store = createMemoryStore(steppedClock());
  const start = (storeKeys: readonly string[], options: Parameters<typeof createWorld>[0] = {}) =>
    createWorld({ tokenFormat: 'jwt', storeKeys, ...options }, () => store);
  const keys = async () => store.list('signing_key', {});
  return { store, start, keys };
}

const kidOf = async (world: ReturnType<typeof createWorld>) =>
  decodeProtectedHeader((await world.flow())['access_token'] ?? '').kid;
const published = async (world: ReturnType<typeof createWorld>) =>
  (await (await world.fetch(`${ISSUER}/jwks`)).json()) as { keys: { kid: string }[] };

describe('with a store key', () => {
  it('a signing key is encrypted in the store, and signs as before', async () => {
    const { start, keys } = restartable();
    const world = start([ONE]);
    const { access_token = '' } = await world.flow();
    expect(decodeJwt(access_token).iss).toBe(ISSUER);
    const [stored] = await keys();
    expect(decodeProtectedHeader(String(stored?.value.private_key))).toMatchObject({
      alg: 'dir',
      enc: 'A256GCM',
    });
    expect(JSON.stringify(await keys())).not.toContain('"d"');
    expect(JSON.stringify(await keys())).not.toContain(ONE);
    const { kid } = decodeProtectedHeader(access_token);
    expect((await published(world)).keys).toEqual([expect.objectContaining({ kid, use: 'sig' })]);
    expect(JSON.stringify(await published(world))).not.toContain('"d"');
    expect(await kidOf(start([ONE]))).toBe(kid);
  });

  it.each(['check at the start', 'use'])(
    'a key that was there before is encrypted by its %s, and stays the same',
    async (by) => {
      const { start, keys } = restartable();
      const kid = await kidOf(start([]));
      expect(JSON.stringify(await keys())).toContain('"d"');
      const world = start([ONE]);
      if (by === 'use') expect(await kidOf(world)).toBe(kid);
      else await world.server.ready();
      expect(JSON.stringify(await keys())).not.toContain('"d"');
      expect(await kidOf(start([ONE]))).toBe(kid);
    },
  );

  it('another one can take its place: the first encrypts, all decrypt', async () => {
    const { start } = restartable();
    const kid = await kidOf(start([ONE]));
    const world = start([TWO, ONE]);
    await world.server.ready();
    expect(await kidOf(world)).toBe(kid);
    expect(await kidOf(start([THREE, TWO]))).toBe(kid);
    await expect(start([ONE]).server.ready()).rejects.toThrow('is encrypted, and cannot be opened');
  });

  it.each([
    ['none', [], 'no secret was given'],
    ['another one', [TWO], 'it was encrypted with another one'],
  ])(
    '%s at the next start ends the start, and no request makes a new signing key',
    async (_what, storeKeys, why) => {
      const { start, keys } = restartable();
      await start([ONE]).flow();
      const before = await keys();
      const world = start(storeKeys);
      const failed = await world.server.ready().catch((error: unknown) => error);
      expect(failed).toMatchObject({ name: 'ConfigurationError', option: 'storeKeys' });
      expect(String(failed)).toContain(why);
      expect(String(failed)).not.toContain(TWO);
      expect(world.event('signing_key.unprotected')).toBeUndefined();
      await expect(world.flow()).rejects.toThrow('server_error');
      expect((await world.fetch(`${ISSUER}/jwks`)).status).toBe(500);
      expect(await keys()).toEqual(before);
    },
  );

  it.each([
    ['another one', [TWO], 'it was encrypted with another one'],
    ['none', [], 'no secret was given'],
  ])(
    'of two servers that start at once with an empty store, the slower one does not start with %s',
    async (_what, storeKeys, why) => {
      const { createStore, whileWaiting } = interrupted('add', 'signing_key');
      const clock = steppedClock();
      const store = createStore(clock);
      const start = (keys: readonly string[]) =>
        createWorld({ tokenFormat: 'jwt', storeKeys: keys }, () => store);
      const [quicker, slower] = [start([ONE]), start(storeKeys)];
      whileWaiting(() => quicker.server.ready());
      await expect(slower.server.ready()).rejects.toThrow(why);
      await quicker.flow();
    },
  );

  it('of two servers that start at once with a key that is not encrypted, the slower one does not start with another secret', async () => {
    const { createStore, whileWaiting } = interrupted('replace', 'signing_key');
    const store = createStore(steppedClock());
    const start = (storeKeys: readonly string[]) =>
      createWorld({ tokenFormat: 'jwt', storeKeys }, () => store);
    await start([]).flow();
    const quicker = start([ONE]);
    whileWaiting(() => quicker.server.ready());
    await expect(start([TWO]).server.ready()).rejects.toThrow('it was encrypted with another one');
    await quicker.flow();
  });

  it.each<[string, (store: Store, value: Records['signing_key']) => Promise<unknown>, object]>([
    [
      'under another name',
      (store, value) => store.put('signing_key', 'RS256', value, NEVER),
      { signingAlg: 'RS256' },
    ],
    ['by another issuer', async () => undefined, { issuer: 'http://localhost:9001' }],
    [
      'with a changed letter',
      (store, value) => {
        const jwe = String(value.private_key);
        const changed = jwe.slice(0, -30) + (jwe.at(-30) === 'A' ? 'B' : 'A') + jwe.slice(-29);
        return store.put('signing_key', 'ES256', { ...value, private_key: changed }, NEVER);
      },
      {},
    ],
  ])('an encrypted key does not open %s', async (_what, change, options) => {
    const { store, start, keys } = restartable();
    await start([ONE]).flow();
    const [stored] = await keys();
    if (!stored) throw new Error('no key');
    await change(store, stored.value);
    await expect(start([ONE], options).server.ready()).rejects.toThrow(
      'it was changed, or put there from another record',
    );
  });

  it.each([['short'], ['zz!'.repeat(40)], ['11'.repeat(31)], [`${ONE} `], ['']])(
    '%j is refused, and not repeated',
    (secret) => {
      let said = '';
      try {
        createWorld({ tokenFormat: 'jwt', storeKeys: [THREE, secret] });
      } catch (error) {
        said = String(error);
      }
      expect(said).toContain('must be at least 32 random bytes');
      for (const each of [THREE, secret].filter((text) => text !== '')) expect(said).not.toContain(each);
    },
  );
});

describe('the warning that keys lie in the store as they are', () => {
  it.each([
    ['is told of a store that outlives the server', [], 'jwt', true],
    ['is not told with a store key', [ONE], 'jwt', false],
    ['is not told where tokens are opaque', [], 'opaque', false],
  ] as const)('%s', async (_what, storeKeys, tokenFormat, told) => {
    const world = restartable().start(storeKeys, { tokenFormat });
    await world.server.ready();
    expect(world.event('signing_key.unprotected') !== undefined).toBe(told);
  });
});
