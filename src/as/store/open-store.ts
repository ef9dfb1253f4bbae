import type { Clock } from '../../shared/clock.js';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { printable } from '../../shared/printable.js';
import { createMemoryStore } from './memory.js';
import { isRedisUrl } from './redis/redis-url.js';
import type { Store } from './store.js';

/** A store, or what makes an empty one for each issuer that a server has in its life. */
export type StoreSource = Store | (() => Store);

/** Which store, for whom, and how much of it. */
export interface StoreOptions {
  /** `memory`, `sqlite:<file>`, or a URL of Redis */
  readonly store: string;
  /** the authorization server whose records these are: several may share a file or a Redis */
  readonly issuer: string;
  readonly clock: Clock;
  /** what a store in memory holds at most; only for that one */
  readonly maxRecords?: number | undefined;
}

/** A store that was opened by its name. */
export interface OpenedStore {
  /** for `AuthorizationServerDeps` */
  readonly source: StoreSource;
  /** whether what it holds outlives this process */
  readonly lasting: boolean;
  /** where what it holds is, in words without a password; undefined for the memory of this process */
  readonly place: string | undefined;
  /** what its operator should know before relying on it, one sentence each; no secret is in them */
  readonly warnings: readonly string[];
  /** Lets go of files and connections. */
  close(): Promise<void>;
}

/**
 * Opens a store. Its code and its library are loaded only now.
 *
 * @throws ConfigurationError for what is no store, or lacks its library
 * @throws StoreUnavailableError if it cannot be reached
 */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { store, issuer, clock, maxRecords } = options;
  if (store === 'memory') {
    const source = () => createMemoryStore(clock, { ...(maxRecords !== undefined && { maxRecords }) });
    return { source, lasting: false, place: undefined, warnings: [], close: async () => undefined };
  }
  if (maxRecords !== undefined) {
    throw new ConfigurationError(
      'maxRecords',
      'is the bound of the store memory, and has no effect on another one; leave it out',
    );
  }
  if (isRedisUrl(store)) {
    const { openRedisStore } = await import('./redis/open-redis-store.js');
    const { store: source, place, warnings } = await openRedisStore(store, issuer, clock);
    return lasting(source, place, warnings);
  }
  if (store.startsWith('sqlite:')) {
    const { openSqliteStore } = await import('./sqlite/open-sqlite-store.js');
    return lasting(await openSqliteStore(options), store);
  }
  throw new ConfigurationError(
    'store',
    `"${printable(withoutPassword(store), 80)}" is none of memory, sqlite:<file>, redis://<host>:<port>`,
  );
}

function lasting(store: Store, place: string, warnings: readonly string[] = []): OpenedStore {
  return { source: store, lasting: true, place, warnings, close: () => store.close() };
}

/** What stands before an @ may be a password, however the rest is written. */
function withoutPassword(store: string): string {
  return store.replace(/.*@/s, '…@');
}
