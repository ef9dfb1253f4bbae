import { createMemoryStore, type Records, type Store } from '../../src/as/index.js';
import type { Clock } from '../../src/shared/clock.js';

/** A store in which something else happens right before one operation, once. */
export function interrupted(
  operation: 'take' | 'replace' | 'add' | 'list',
  kind: keyof Records,
  create: (clock: Clock) => Store = createMemoryStore,
) {
  let pending: (() => Promise<unknown>) | undefined;
  const createStore = (clock: Clock): Store => {
    const store = create(clock);
    const before = async (name: typeof operation, of: keyof Records) => {
      const happens = pending;
      if (!happens || name !== operation || of !== kind) return;
      pending = undefined;
      await happens();
    };
    return {
      ...store,
      take: async (of, id) => (await before('take', of), store.take(of, id)),
      add: async (of, id, value, until) => (await before('add', of), store.add(of, id, value, until)),
      replace: async (of, id, change) => (await before('replace', of), store.replace(of, id, change)),
      list: async (of, index) => (await before('list', of), store.list(of, index)),
    };
  };
  return {
    createStore,
    /** says what happens; before that, nothing does */
    whileWaiting: (happens: () => Promise<unknown>) => void (pending = happens),
  };
}

/** A store that the test can look into. */
export function watched() {
  let created: Store | undefined;
  return {
    createStore: (clock: Clock): Store => (created = createMemoryStore(clock)),
    store: (): Store => {
      if (!created) throw new Error('no world was made with this store');
      return created;
    },
  };
}

/** A store of which each operation takes a while, so that requests come between those of others. */
export function slowStore(clock: Clock): Store {
  const store = createMemoryStore(clock);
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  return {
    get: async (...args) => (await pause(), store.get(...args)),
    put: async (...args) => (await pause(), store.put(...args)),
    add: async (...args) => (await pause(), store.add(...args)),
    replace: async (...args) => (await pause(), store.replace(...args)),
    take: async (...args) => (await pause(), store.take(...args)),
    list: async (...args) => (await pause(), store.list(...args)),
    increment: async (...args) => (await pause(), store.increment(...args)),
  };
}
