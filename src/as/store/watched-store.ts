import type { Emit } from '../../shared/events/emitter.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { type Store, StoreUnavailableError } from './store.js';

/** When to come back, in seconds, where the store cannot be asked. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The store as the endpoints see it: where it cannot be asked they answer 503, each by itself and without a thought. It
 * is told of once when that begins, and once when it is over.
 *
 * @returns the same store; its operations throw an OAuthError `temporarily_unavailable` in place of a StoreUnavailableError
 */
export function watchedStore(store: Store, emit: Emit): Store {
  let isAvailable = true;

  function failed(thrown: unknown): never {
    if (!(thrown instanceof StoreUnavailableError)) throw thrown;
    if (isAvailable) emit({ kind: 'store.unavailable', message: thrown.message }, 'error');
    isAvailable = false;
    throw new OAuthError('temporarily_unavailable', 'this server cannot reach its store for now; try again', {
      reason: 'store_unavailable',
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      detail: thrown.message,
      cause: thrown,
    });
  }

  function answered<T>(value: T): T {
    if (!isAvailable) emit({ kind: 'store.available' });
    isAvailable = true;
    return value;
  }

  return {
    get: (...args) => store.get(...args).then(answered, failed),
    put: (...args) => store.put(...args).then(answered, failed),
    add: (...args) => store.add(...args).then(answered, failed),
    replace: (...args) => store.replace(...args).then(answered, failed),
    take: (...args) => store.take(...args).then(answered, failed),
    list: (...args) => store.list(...args).then(answered, failed),
    increment: (...args) => store.increment(...args).then(answered, failed),
    trim: (...args) => store.trim(...args).then(answered, failed),
    close: () => store.close(),
  };
}
