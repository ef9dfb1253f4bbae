import type { Kind } from './records.js';
import type { StoreSource } from './open-store.js';
import { type Store, StoreUnavailableError } from './store.js';

/** One operation of a store, when it is over. */
export interface StoreOperation {
  readonly operation: Exclude<keyof Store, 'close'>;
  /** what the record is; `counter` for `increment` */
  readonly kind: Kind | 'counter';
  readonly milliseconds: number;
  /** whether the store could not be asked */
  readonly unavailable: boolean;
}

/** What is told of each operation. */
export type StoreObserver = (operation: StoreOperation) => void;

/**
 * The same store, whose operations are told of.
 *
 * @param observe undefined leaves the store as it is
 * @param milliseconds monotonic
 */
export function observedStore(
  source: StoreSource,
  observe: StoreObserver | undefined,
  milliseconds: () => number,
): StoreSource {
  if (observe === undefined) return source;
  const observed = (store: Store) => observedOperations(store, observe, milliseconds);
  return typeof source === 'function' ? () => observed(source()) : observed(source);
}

function observedOperations(store: Store, observe: StoreObserver, milliseconds: () => number): Store {
  async function timed<T>(
    told: Pick<StoreOperation, 'operation' | 'kind'>,
    run: () => Promise<T>,
  ): Promise<T> {
    const begun = milliseconds();
    let unavailable = false;
    try {
      return await run();
    } catch (thrown) {
      unavailable = thrown instanceof StoreUnavailableError;
      throw thrown;
    } finally {
      observe({ ...told, milliseconds: milliseconds() - begun, unavailable });
    }
  }
  return {
    get: (kind, id) => timed({ operation: 'get', kind }, () => store.get(kind, id)),
    put: (kind, ...rest) => timed({ operation: 'put', kind }, () => store.put(kind, ...rest)),
    add: (kind, ...rest) => timed({ operation: 'add', kind }, () => store.add(kind, ...rest)),
    replace: (kind, ...rest) => timed({ operation: 'replace', kind }, () => store.replace(kind, ...rest)),
    take: (kind, id) => timed({ operation: 'take', kind }, () => store.take(kind, id)),
    list: (kind, index) => timed({ operation: 'list', kind }, () => store.list(kind, index)),
    increment: (...all) => timed({ operation: 'increment', kind: 'counter' }, () => store.increment(...all)),
    trim: (kind, keep) => timed({ operation: 'trim', kind }, () => store.trim(kind, keep)),
    close: () => store.close(),
  };
}
