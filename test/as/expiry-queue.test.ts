import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createExpiryQueue } from '../../src/as/store/memory/expiry-queue.js';

it('the queue of what expires knows what is next, whatever was added and taken out before', () => {
  const step = fc.record({
    expires_at: fc.nat({ max: 50 }),
    takesOut: fc.nat({ max: 3 }).map((n) => n === 0),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 120, size: 'max' }), (steps) => {
      const queue = createExpiryQueue();
      const waiting: { expires_at: number; place: number }[] = [];
      for (const { expires_at, takesOut, which } of steps) {
        if (takesOut && waiting.length > 0) {
          const [gone] = waiting.splice(which % waiting.length, 1);
          queue.remove(gone!);
          queue.remove(gone!);
        } else {
          const one = { expires_at, place: -1 };
          waiting.push(one);
          queue.add(one);
        }
      }
      const order = waiting.map(({ expires_at }) => expires_at).sort((a, b) => a - b);
      for (const expires_at of order) {
        const next = queue.next()!;
        expect(next.expires_at).toBe(expires_at);
        queue.remove(next);
      }
      expect(queue.next()).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
