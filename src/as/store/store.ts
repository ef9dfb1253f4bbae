export { StoreUnavailableError } from '../../shared/store-unavailable-error.js';
import type { INDEXED, Kind, ListedKind, Records, TrimmedKind } from './records.js';

/** An expiry for what is kept until it is deleted. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * What a store throws that has no room for a record, of a kind whose records must not make room for each other: what was
 * used once must not be good again because it was forgotten.
 */
export class StoreFullError extends Error {
  /** @param kind of the record that was to be written */
  constructor(kind: Kind | 'counter') {
    super(`no room for another ${kind}`);
    this.name = 'StoreFullError';
  }
}

/** Indexed members of a record and the values that they must have. */
export type Index<K extends ListedKind> = { readonly [Member in (typeof INDEXED)[K][number]]?: string };

/**
 * Where the authorization server keeps what must outlive a request. Each operation is atomic. A value is handed over
 * as a copy, so nobody can change what is stored by changing an object. What has expired is as good as absent.
 *
 * Ids of secrets are hashes; `expires_at` is in seconds since the epoch. Any operation throws a
 * {@link StoreUnavailableError} where the store cannot be asked.
 */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined>;
  put<K extends Kind>(kind: K, id: string, value: Records[K], expires_at: number): Promise<void>;
  /** Puts only where nothing is. @returns whether it did @throws StoreFullError for a `used_assertion` */
  add<K extends Kind>(kind: K, id: string, value: Records[K], expires_at: number): Promise<boolean>;
  /** Puts only where `expected` is, compared by content. @returns whether it did */
  replace<K extends Kind>(
    kind: K,
    id: string,
    change: { readonly expected: Records[K]; readonly value: Records[K]; readonly expires_at: number },
  ): Promise<boolean>;
  /**
   * Reads and deletes in one step: of any number of racers exactly one gets the value. The id of a {@link ListedKind} is not
   * put again before this has ended; random ids never are.
   */
  take<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined>;
  /** All records of a kind whose members equal those of the index. */
  list<K extends ListedKind>(
    kind: K,
    index: Index<K>,
  ): Promise<readonly { readonly id: string; readonly value: Records[K] }[]>;
  /**
   * Counts up.
   *
   * @returns the count within the window, which starts with the first call and lasts `windowSeconds`; from any call on no
   *   longer than that, also where the clock was set back
   */
  increment(key: string, windowSeconds: number): Promise<number>;
  /** Lets the oldest records of a kind go, until there are no more than `keep`. @returns how many went */
  trim(kind: TrimmedKind, keep: number): Promise<number>;
  /** Lets go of files and connections; nothing is asked of it after that. */
  close(): Promise<void>;
}
