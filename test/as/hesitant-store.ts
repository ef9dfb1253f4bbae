import { createMemoryStore, type Store } from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';

/** A store whose operations begin late, so that requests come between those of others. */
export interface HesitantStore {
  readonly create: (clock: Clock) => Store;
  /** From now on each operation waits for so many turns of the event loop, one number after the other. */
  hesitate(turns: Iterator<number>): void;
}

export function hesitantStore(): HesitantStore {
  let pauses: Iterator<number> | undefined;
  const pause = async () => {
    const turns = pauses?.next().value ?? 0;
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    hesitate: (turns) => void (pauses = turns),
    create(clock) {
      const store = createMemoryStore(clock);
      return {
        get: async (...args) => (await pause(), store.get(...args)),
        put: async (...args) => (await pause(), store.put(...args)),
        add: async (...args) => (await pause(), store.add(...args)),
        replace: async (...args) => (await pause(), store.replace(...args)),
        take: async (...args) => (await pause(), store.take(...args)),
        list: async (...args) => (await pause(), store.list(...args)),
        increment: async (...args) => (await pause(), store.increment(...args)),
      };
    },
  };
}
