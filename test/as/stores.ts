import type { Records, Store } from '../../src/as/index.js';
import { INDEXED } from '../../src/as/store/records.js';
import type { Clock } from '../../src/shared/clock.js';
import { chosenStore } from '../support/chosen-store.js';

/** A store in which something else happens right before one operation, once. */
export function interrupted(
  operation: 'take' | 'replace' | 'add' | 'list',
  kind: keyof Records,
  create: (clock: Clock) => Store = chosenStore,
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
    createStore: (clock: Clock): Store => (created = chosenStore(clock)),
    store: (): Store => {
      if (!created) throw new Error('no world was made with this store');
      return created;
    },
  };
}

/**
 * The same store, which holds whoever calls it to what `Store.take` asks of them: what was taken of a kind that is listed is
 * not put again. A store may have taken it out of its indexes since.
 */
export function holdingToTake(store: Store): Store {
  const taken = new Set<string>();
  const check = (kind: keyof Records, id: string): void => {
    if (taken.has(`${kind} ${id}`)) throw new Error(`a ${kind} is put again that was taken`);
  };
  return {
    ...store,
    put: (kind, id, ...rest) => (check(kind, id), store.put(kind, id, ...rest)),
    add: (kind, id, ...rest) => (check(kind, id), store.add(kind, id, ...rest)),
    take: (kind, id) => {
      if (kind in INDEXED) taken.add(`${kind} ${id}`);
      return store.take(kind, id);
    },
  };
}

/** A store of which each operation takes a while, so that requests come between those of others. */
export function slowStore(clock: Clock): Store {
  return pausing(chosenStore(clock), () => turns(1));
}

/** A store whose operations begin late, by as much as the test says. */
export function hesitantStore() {
  let pauses: Iterator<number> | undefined;
  return {
    createStore: (clock: Clock): Store => pausing(chosenStore(clock), () => turns(pauses?.next().value ?? 0)),
    /** From now on each operation waits for so many turns of the event loop, one number after the other. */
    hesitate: (counts: Iterator<number>) => void (pauses = counts),
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function pausing(store: Store, pause: () => Promise<void>): Store {
  return {
    get: async (...args) => (await pause(), store.get(...args)),
    put: async (...args) => (await pause(), store.put(...args)),
    add: async (...args) => (await pause(), store.add(...args)),
    replace: async (...args) => (await pause(), store.replace(...args)),
    take: async (...args) => (await pause(), store.take(...args)),
    list: async (...args) => (await pause(), store.list(...args)),
    increment: async (...args) => (await pause(), store.increment(...args)),
    trim: async (...args) => (await pause(), store.trim(...args)),
    close: () => store.close(),
  };
}
