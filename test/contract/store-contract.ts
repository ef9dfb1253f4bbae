import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Records, Store } from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';

/** A clock that goes when it is told to. */
export interface SteppedClock extends Clock {
  advance(seconds: number): void;
}

export function steppedClock(start = 1_800_000_000): SteppedClock {
  let now = start;
  return { now: () => now, advance: (seconds) => void (now += seconds) };
}

const grant = (over: Partial<Records['grant']> = {}): Records['grant'] => ({
  client_id: 'a-client',
  sub: 'demo_user',
  scope: 'user',
  resource: ['http://localhost:8001/mcp'],
  created_at: 1,
  ...over,
});

/** An empty store, and another way to the same records, as another process has it. */
export interface OpenedStores {
  readonly store: Store;
  /** the same one, where there can be no other */
  readonly other: Store;
}

/**
 * What every store must do, whatever it keeps its records in.
 *
 * @param open opens an empty store whose records expire by this clock
 */
export function storeContract(
  name: string,
  open: (clock: Clock) => Promise<OpenedStores> | OpenedStores,
): void {
  describe(`the store contract: ${name}`, () => {
    let clock: SteppedClock;
    let store: Store;
    let other: Store;
    let later: number;

    /** fifty at once, one half by each way */
    const fiftyTimes = <T>(act: (store: Store, at: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: 50 }, (_, at) => act(at % 2 === 0 ? store : other, at)));

    beforeEach(async () => {
      clock = steppedClock();
      later = clock.now() + 60;
      ({ store, other } = await open(clock));
    });

    afterEach(async () => {
      await Promise.all([store.close(), other.close()]);
    });

    it('gives back what was put, until it expires', async () => {
      await store.put('grant', 'id', grant(), later);
      expect(await store.get('grant', 'id')).toEqual(grant());
      clock.advance(59);
      expect(await store.get('grant', 'id')).toEqual(grant());
      clock.advance(1);
      expect(await store.get('grant', 'id')).toBeUndefined();
      expect(await store.take('grant', 'id')).toBeUndefined();
      expect(await store.list('grant', {})).toEqual([]);
    });

    it('keeps kinds and ids apart, also ids that mean something to JavaScript', async () => {
      for (const id of ['__proto__', 'constructor', 'toString', ''])
        expect(await store.get('grant', id)).toBeUndefined();
      await store.put('grant', '__proto__', grant(), later);
      await store.put('grant', 'other', grant({ sub: 'other' }), later);
      const issued = { grant_id: 'g', client_id: 'c', expires_at: later };
      await store.put('issued', 'other', issued, later);
      expect(await store.get('grant', '__proto__')).toEqual(grant());
      expect(await store.get('issued', 'other')).toEqual(issued);
    });

    it('keeps ids apart, and values whole, whatever characters are in them', async () => {
      const ids = ['a', 'A', 'a ', '%00', '*', '[a]', '{a}', '{a}b', 'a#b', 'é', 'e\u0301', '😀', "';--"];
      const long = 'x'.repeat(20_000);
      for (const id of [...ids, long])
        await store.put('grant', id, grant({ client_id: id, scope: id }), later);
      for (const id of [...ids, long]) {
        const value = grant({ client_id: id, scope: id });
        expect(await other.list('grant', { client_id: id })).toEqual([{ id, value }]);
        expect(await other.take('grant', id)).toEqual(value);
        expect(await store.take('grant', id)).toBeUndefined();
        for (const count of [1, 2]) expect(await store.increment(id, 60)).toBe(count);
      }
    });

    it('gives a value to exactly one of fifty takers', async () => {
      await store.put('grant', 'id', grant(), later);
      const taken = await fiftyTimes((by) => by.take('grant', 'id'));
      expect(taken.filter((value) => value !== undefined)).toEqual([grant()]);
      expect(await store.get('grant', 'id')).toBeUndefined();
    });

    it('adds only where nothing is, for exactly one of fifty', async () => {
      const added = await fiftyTimes((by, at) => by.add('grant', 'id', grant({ sub: `s${at}` }), later));
      expect(added.filter(Boolean)).toHaveLength(1);
      expect((await store.get('grant', 'id'))?.sub).toBe(`s${added.indexOf(true)}`);
      clock.advance(60);
      expect(await store.add('grant', 'id', grant(), later + 60)).toBe(true);
    });

    it('replaces only what is as expected, for exactly one of fifty', async () => {
      const change = { expected: grant(), value: grant({ scope: 'less' }), expires_at: later };
      expect(await store.replace('grant', 'id', change)).toBe(false);
      expect(await store.get('grant', 'id')).toBeUndefined();
      await store.put('grant', 'id', grant(), later);
      expect(await store.replace('grant', 'id', { ...change, expected: grant({ resource: [] }) })).toBe(
        false,
      );
      const replaced = await fiftyTimes((by) => by.replace('grant', 'id', change));
      expect(replaced.filter(Boolean)).toHaveLength(1);
      expect((await store.get('grant', 'id'))?.scope).toBe('less');
    });

    it('a replaced record has the new expiry', async () => {
      await store.put('grant', 'id', grant(), later);
      await store.replace('grant', 'id', { expected: grant(), value: grant(), expires_at: later + 60 });
      clock.advance(90);
      expect(await store.get('grant', 'id')).toEqual(grant());
    });

    it('is not changed by changing an object that went in or came out', async () => {
      const resource = ['http://localhost:8001/mcp'];
      await store.put('grant', 'id', grant({ resource }), later);
      resource.push('https://evil.example');
      const out = await store.get('grant', 'id');
      const changed: unknown = out?.resource;
      try {
        if (Array.isArray(changed)) changed.push('https://evil.example');
      } catch {
        // A store may hand out what can't be changed.
      }
      expect(await store.get('grant', 'id')).toEqual(grant());
    });

    it('lists by the members of a record', async () => {
      await store.put('grant', 'one', grant(), later);
      await store.put('grant', 'two', grant({ sub: 'alice' }), later);
      await store.put('grant', 'three', grant({ sub: 'alice', client_id: 'b' }), later);
      const ids = async (index: { client_id?: string; sub?: string }) =>
        (await store.list('grant', index)).map(({ id }) => id).sort();
      expect(await ids({ sub: 'alice' })).toEqual(['three', 'two']);
      expect(await ids({ sub: 'alice', client_id: 'b' })).toEqual(['three']);
      expect(await ids({ client_id: 'nobody' })).toEqual([]);
      expect(await ids({})).toEqual(['one', 'three', 'two']);
    });

    it('lists by what a record is now', async () => {
      await store.put('grant', 'one', grant(), later);
      await other.put('grant', 'one', grant({ sub: 'alice' }), later);
      const change = { expected: grant({ sub: 'alice' }), value: grant({ sub: 'bob' }), expires_at: later };
      await store.put('grant', 'two', grant({ sub: 'alice' }), later);
      await other.replace('grant', 'two', change);
      await store.put('grant', 'three', grant({ sub: 'bob' }), later);
      await other.take('grant', 'three');
      const ids = async (sub: string) => (await store.list('grant', { sub })).map(({ id }) => id);
      expect(await ids('demo_user')).toEqual([]);
      expect(await ids('alice')).toEqual(['one']);
      expect(await ids('bob')).toEqual(['two']);
    });

    it('lists a record for as long as it was prolonged', async () => {
      await store.put('grant', 'one', grant(), later);
      await other.replace('grant', 'one', { expected: grant(), value: grant(), expires_at: later + 60 });
      clock.advance(90);
      expect(await store.list('grant', { sub: 'demo_user' })).toEqual([{ id: 'one', value: grant() }]);
    });

    it('trims as many as there are', async () => {
      const ids = Array.from({ length: 1200 }, (_, index) => `i${index}`);
      await Promise.all(ids.map((id) => store.put('interaction', id, { browser_hash: 'b' }, later)));
      expect(await store.trim('interaction', 10)).toBe(1190);
      expect(await store.trim('interaction', 10)).toBe(0);
    });

    it('trims a kind to its newest records', async () => {
      const page = (hash: string): Records['interaction'] => ({ browser_hash: hash });
      for (const id of ['one', 'two', 'three', 'four'])
        await store.put('interaction', id, page(id), later + id.length);
      await store.put('grant', 'one', grant(), later);
      expect(await other.trim('interaction', 5)).toBe(0);
      expect(await other.trim('interaction', 2)).toBe(2);
      const left = await Promise.all(
        ['one', 'two', 'three', 'four'].map((id) => store.get('interaction', id)),
      );
      expect(left).toEqual([undefined, undefined, page('three'), page('four')]);
      expect(await store.get('grant', 'one')).toEqual(grant());
    });

    it('counts each of fifty at once, and starts anew after the window', async () => {
      const counts = await fiftyTimes((by) => by.increment('key', 60));
      expect([...counts].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
      clock.advance(59);
      expect(await store.increment('key', 60)).toBe(51);
      clock.advance(1);
      expect(await store.increment('key', 60)).toBe(1);
      expect(await store.increment('other key', 60)).toBe(1);
    });

    it('ends a window in time, also where the clock was set back after it began', async () => {
      for (const count of [1, 2, 3]) expect(await store.increment('key', 60)).toBe(count);
      clock.advance(-1000);
      expect(await other.increment('key', 60)).toBe(4);
      clock.advance(59);
      expect(await store.increment('key', 60)).toBe(5);
      clock.advance(1);
      expect(await store.increment('key', 60)).toBe(1);
    });

    it('gives nothing a second time that was taken, also where the clock was set back', async () => {
      await store.put('grant', 'fresh', grant(), later);
      await store.put('grant', 'stale', grant(), later);
      expect(await store.take('grant', 'fresh')).toEqual(grant());
      clock.advance(61);
      expect(await store.take('grant', 'stale')).toBeUndefined();
      clock.advance(-1000);
      expect(await other.take('grant', 'fresh')).toBeUndefined();
      expect(await other.take('grant', 'stale')).toBeUndefined();
    });
  });
}
