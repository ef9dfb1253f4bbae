import { beforeEach, describe, expect, it } from 'vitest';
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

/**
 * What every store must do, whatever it keeps its records in.
 *
 * @param create makes an empty store whose records expire by this clock
 */
export function storeContract(name: string, create: (clock: Clock) => Promise<Store> | Store): void {
  describe(`the store contract: ${name}`, () => {
    let clock: SteppedClock;
    let store: Store;
    let later: number;

    beforeEach(async () => {
      clock = steppedClock();
      later = clock.now() + 60;
      store = await create(clock);
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

    it('gives a value to exactly one of fifty takers', async () => {
      await store.put('grant', 'id', grant(), later);
      const taken = await Promise.all(Array.from({ length: 50 }, () => store.take('grant', 'id')));
      expect(taken.filter((value) => value !== undefined)).toEqual([grant()]);
      expect(await store.get('grant', 'id')).toBeUndefined();
    });

    it('adds only where nothing is, for exactly one of fifty', async () => {
      const added = await Promise.all(
        Array.from({ length: 50 }, (_, at) => store.add('grant', 'id', grant({ sub: `s${at}` }), later)),
      );
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
      const replaced = await Promise.all(
        Array.from({ length: 50 }, () => store.replace('grant', 'id', change)),
      );
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
    });

    it('counts each of fifty at once, and starts anew after the window', async () => {
      const counts = await Promise.all(Array.from({ length: 50 }, () => store.increment('key', 60)));
      expect([...counts].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
      clock.advance(59);
      expect(await store.increment('key', 60)).toBe(51);
      clock.advance(1);
      expect(await store.increment('key', 60)).toBe(1);
      expect(await store.increment('other key', 60)).toBe(1);
    });
  });
}
