import { describe, expect, it } from 'vitest';
import {
  createMemoryStore,
  type Kind,
  NEVER,
  type Records,
  type Store,
  StoreFullError,
} from '../../src/as/index.js';
import { EVICTED_IN_ORDER, OWN_SHARES } from '../../src/as/store/memory/eviction.js';
import { steppedClock } from '../contract/store-contract.js';

const LATER = 1_900_000_000;

/** A record of each kind that may have to go. */
const RECORDS = {
  void_token: { client_id: 'c' },
  told_to_register: { at: 1, way: 'void_token' },
  issued: { grant_id: 'g', client_id: 'c', expires_at: LATER },
  access_token: {
    grant_id: 'g',
    client_id: 'c',
    sub: 's',
    scope: 'user',
    aud: [],
    iat: 1,
    exp: LATER,
    jti: 'j',
  },
  client_usage: { flows: 1, last_used_at: 1 },
  session: { sub: 's', auth_time: 1 },
  authorization_code: {
    grant_id: 'g',
    client_id: 'c',
    redirect_uri: 'https://app.example/',
    redirect_uri_sent: true,
    code_challenge: 'x',
    sub: 's',
    scope: 'user',
    resource: [],
  },
  refresh_token: { grant_id: 'g', client_id: 'c', sub: 's', scope: 'user', resource: [], route: 'dcr' },
  grant: { client_id: 'c', sub: 's', scope: 'user', resource: [], created_at: 1 },
  client: {
    client_id: 'c',
    origin: 'dcr',
    created_at: 1,
    metadata: { token_endpoint_auth_method: 'none', grant_types: [], response_types: [] },
  },
} as const satisfies { readonly [K in Kind]?: Records[K] };

type Evicted = keyof typeof RECORDS;

const isEvicted = (kind: string): kind is Evicted => kind in RECORDS;

const put = <K extends Evicted>(store: Store, kind: K, id: string) =>
  store.put(kind, id, RECORDS[kind] as Records[K], LATER);

/** Strangers make these; each has room for five of a hundred. */
async function flood(store: Store, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await store.put('unused_client', `u${n}`, RECORDS.client, NEVER);
    await store.put('interaction', `i${n}`, { browser_hash: 'b' }, LATER);
    await store.put('deleted_client', `d${n}`, { deleted_at: 1 }, NEVER);
    await store.put('login_slot', `l${n}`, { until: 1 }, LATER);
    await store.increment(`c${n}`, 60);
  }
}

/** How many of the ids are there. */
async function left(store: Store, kind: Kind, ids: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(ids.map(async (id) => ((await store.get(kind, id)) ? [id] : [])));
  return found.flat();
}

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('a memory store that is full', () => {
  it('lets go of what is worth least, in the order that is written down, and the oldest of a kind first', async () => {
    const kinds = EVICTED_IN_ORDER.filter(isEvicted);
    expect(kinds).toEqual(EVICTED_IN_ORDER);
    // 77 of 100 for all kinds that have no share of their own.
    const store = createMemoryStore(steppedClock(), { maxRecords: 100 });
    for (const kind of [...kinds].reverse()) for (const n of [1, 2]) await put(store, kind, `${kind}${n}`);
    for (let n = 0; n < 57; n += 1) await put(store, 'client', `more${n}`);
    for (const [at, kind] of kinds.entries()) {
      for (const n of [1, 2]) {
        await put(store, 'client', `new${kind}${n}`);
        expect(await left(store, kind, [`${kind}1`, `${kind}2`])).toEqual(n === 1 ? [`${kind}2`] : []);
      }
      for (const next of kinds.slice(at + 1))
        expect(await left(store, next, [`${next}1`, `${next}2`])).toHaveLength(2);
    }
  });

  it('keeps all that users have however many records strangers make, and of those the newest', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100 });
    for (let n = 0; n < 76; n += 1) await put(store, 'grant', `g${n}`);
    await put(store, 'void_token', 'v');
    await flood(store, 200);
    expect(await left(store, 'grant', numbered('g', 76))).toHaveLength(76);
    expect(await left(store, 'void_token', ['v'])).toEqual(['v']);
    expect(await left(store, 'unused_client', numbered('u', 200))).toEqual([
      'u195',
      'u196',
      'u197',
      'u198',
      'u199',
    ]);
    expect(await left(store, 'interaction', numbered('i', 200))).toHaveLength(5);
    expect(await store.increment('c199', 60)).toBe(2);
    expect(await store.increment('c0', 60)).toBe(1);
  });

  it('still has room for a sign-in when users have filled all of theirs', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100 });
    for (let n = 0; n < 200; n += 1) await put(store, 'grant', `g${n}`);
    await flood(store, 5);
    expect(await left(store, 'interaction', numbered('i', 5))).toHaveLength(5);
    expect(await left(store, 'grant', numbered('g', 200))).toHaveLength(77);
  });

  it('what is written anew counts as new', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100 });
    for (let n = 0; n < 77; n += 1) await put(store, 'grant', `g${n}`);
    const { grant: value } = RECORDS;
    expect(await store.replace('grant', 'g0', { expected: value, value, expires_at: LATER })).toBe(true);
    await put(store, 'grant', 'more');
    expect(await left(store, 'grant', ['g0', 'g1', 'g2'])).toEqual(['g0', 'g2']);
  });

  it('lets go of what has expired before anything that lives', async () => {
    const clock = steppedClock();
    const store = createMemoryStore(clock, { maxRecords: 100 });
    await put(store, 'void_token', 'v');
    for (let n = 0; n < 76; n += 1) await store.put('grant', `g${n}`, RECORDS.grant, clock.now() + 60);
    clock.advance(60);
    for (let n = 0; n < 76; n += 1) await put(store, 'client', `c${n}`);
    expect(await left(store, 'void_token', ['v'])).toEqual(['v']);
    expect(await left(store, 'client', numbered('c', 76))).toHaveLength(76);
  });

  it('takes no used_assertion more, and forgets none', async () => {
    const clock = steppedClock();
    const store = createMemoryStore(clock, { maxRecords: 100 });
    const add = (id: string) => store.add('used_assertion', id, { client_id: 'c' }, clock.now() + 60);
    for (let n = 0; n < 5; n += 1) expect(await add(`a${n}`)).toBe(true);
    await expect(add('a5')).rejects.toThrow(StoreFullError);
    for (let n = 0; n < 100; n += 1) await put(store, 'client', `c${n}`);
    expect(await add('a0')).toBe(false);
    clock.advance(60);
    expect(await add('a5')).toBe(true);
  });

  it('never lets go of a signing key', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100 });
    await store.put(
      'signing_key',
      'k',
      { kid: 'k', alg: 'ES256', private_key: { kty: 'EC' }, signs_until: 1, token_seconds: 1 },
      LATER,
    );
    for (let n = 0; n < 300; n += 1) await put(store, 'client', `c${n}`);
    expect(await left(store, 'signing_key', ['k'])).toEqual(['k']);
  });

  it('counts how large records are, and lets as many go as it needs', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100_000, maxBytes: 20_000 });
    const sized = (length: number) => ({ grant_id: 'g', client_id: 'c'.repeat(length), expires_at: 1 });
    const ids = numbered('x', 9);
    for (const id of ids) await store.put('issued', id, sized(1000), NEVER);
    expect(await left(store, 'issued', ids)).toEqual(ids);
    await store.put('issued', 'large', sized(5000), NEVER);
    const kept = await left(store, 'issued', [...ids, 'large']);
    expect(kept).toEqual(['x3', 'x4', 'x5', 'x6', 'x7', 'x8', 'large']);
    await store.take('issued', 'large');
    for (const id of ['x9', 'x10', 'x11']) await store.put('issued', id, sized(1000), NEVER);
    expect(await left(store, 'issued', kept)).toEqual(kept.slice(0, -1));
  });

  it('what could never fit is refused, and pushes nothing out', async () => {
    const store = createMemoryStore(steppedClock(), { maxRecords: 100, maxBytes: 10_000 });
    await put(store, 'grant', 'g');
    const large = { ...RECORDS.grant, scope: 'x'.repeat(10_000) };
    await expect(store.put('grant', 'g', large, LATER)).rejects.toThrow(StoreFullError);
    expect(await store.get('grant', 'g')).toEqual(RECORDS.grant);
  });
});

describe('what has expired', () => {
  it('is cleared away by whatever is asked for next, also without anything being written', async () => {
    const clock = steppedClock();
    const store = createMemoryStore(clock, { maxRecords: 10_000 });
    for (let n = 0; n < 1000; n += 1) await store.put('grant', `g${n}`, RECORDS.grant, clock.now() + 60);
    clock.advance(60);
    for (let n = 0; n < 100; n += 1) await store.get('grant', 'nothing');
    // A clock that goes back shows what is still there.
    clock.advance(-60);
    expect(await left(store, 'grant', numbered('g', 1000))).toEqual([]);
    expect(await store.list('grant', { sub: 's' })).toEqual([]);
  });

  it('is cleared away in the order in which it expires, whatever the order in which it was written', async () => {
    const clock = steppedClock();
    const store = createMemoryStore(clock, { maxRecords: 10_000 });
    const lives = Array.from({ length: 500 }, (_, n) => 1 + ((n * 7919) % 500));
    for (const life of lives) await store.put('grant', `g${life}`, RECORDS.grant, clock.now() + life);
    for (let n = 1; n <= 500; n += 3) await store.take('grant', `g${n}`);
    clock.advance(250);
    for (let n = 0; n < 50; n += 1) await store.get('grant', 'nothing');
    clock.advance(-250);
    const expected = numbered('g', 501).filter((_, n) => n > 250 && n % 3 !== 1);
    expect(await left(store, 'grant', numbered('g', 501))).toEqual(expected);
  });
});

it('the shares of kinds leave most of the room to all others', () => {
  const shares = OWN_SHARES.reduce((sum, { percent }) => sum + percent, 0);
  expect(shares).toBeLessThan(25);
  expect(OWN_SHARES.filter(({ evicts }) => !evicts).map(({ kind }) => kind)).toEqual(['used_assertion']);
});

it('what has expired goes before what is alive, however much room is needed at once', async () => {
  const clock = steppedClock();
  const store = createMemoryStore(clock, { maxRecords: 1000, maxBytes: 60_000 });
  await store.put('void_token', 'alive', RECORDS.void_token, clock.now() + 100);
  for (let n = 0; n < 60; n += 1) await store.put('grant', `g${n}`, RECORDS.grant, clock.now() + 10);
  clock.advance(20);
  const large = { ...RECORDS.grant, scope: 'x'.repeat(35_000) };
  await store.put('grant', 'large', large, clock.now() + 100);
  expect(await store.get('void_token', 'alive')).toEqual(RECORDS.void_token);
  expect(await store.get('grant', 'large')).toEqual(large);
});
