import type { Emit } from '../../shared/events/emitter.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { type Store, StoreUnavailableError } from './store.js';

/** When to come back, in seconds, where the store cannot be asked. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The store as the endpoints see it: where it cannot be asked they answer 503, each by itself and without a thought. It
 * is told of once when that begins, and once when it is over.
 *
 * A store that is full can be read, and have something deleted: where it could not be written to, it is over only once
 * something was written.
 *
 * @returns the same store; its operations throw an OAuthError `temporarily_unavailable` in place of a StoreUnavailableError
 */
export function watchedStore(store: Store, emit: Emit): Store {
  let missing: 'nothing' | 'reading' | 'writing' = 'nothing';

  function failedIn(what: 'reading' | 'writing') {
    return (thrown: unknown): never => {
      if (!(thrown instanceof StoreUnavailableError)) throw thrown;
      if (missing === 'nothing') emit({ kind: 'store.unavailable', message: thrown.message }, 'error');
      if (missing !== 'writing') missing = what;
      throw new OAuthError(
        'temporarily_unavailable',
        'this server cannot reach its store for now; try again',
        {
          reason: 'store_unavailable',
          headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
          detail: thrown.message,
          cause: thrown,
        },
      );
    };
  }

  function available(): void {
    if (missing !== 'nothing') emit({ kind: 'store.available' });
    missing = 'nothing';
  }

  function answered<T>(value: T): T {
    if (missing === 'reading') available();
    return value;
  }

  /** Where there was no reason to write, nothing is known of writing. */
  function written<T>(value: T): T {
    if (value === false) return answered(value);
    available();
    return value;
  }

  const unread = failedIn('reading');
  const unwritten = failedIn('writing');
  return {
    get: (...args) => store.get(...args).then(answered, unread),
    list: (...args) => store.list(...args).then(answered, unread),
    put: (...args) => store.put(...args).then(written, unwritten),
    add: (...args) => store.add(...args).then(written, unwritten),
    replace: (...args) => store.replace(...args).then(written, unwritten),
    increment: (...args) => store.increment(...args).then(written, unwritten),
    take: (...args) => store.take(...args).then(answered, unwritten),
    trim: (...args) => store.trim(...args).then(answered, unwritten),
    close: () => store.close(),
  };
}
