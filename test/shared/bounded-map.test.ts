import { describe, expect, it } from 'vitest';
import { createBoundedMap } from '../../src/shared/bounded-map.js';

describe('a bounded map', () => {
  it('holds no more than its limit, and forgets what was not used for longest', () => {
    const map = createBoundedMap<number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    map.set('c', 3);
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3]);
  });

  it('holds one value for a key', () => {
    const map = createBoundedMap<number>(2);
    map.set('a', 1);
    map.set('a', 2);
    map.set('b', 3);
    expect([map.get('a'), map.get('b')]).toEqual([2, 3]);
    map.delete('a');
    expect(map.get('a')).toBeUndefined();
  });
});
