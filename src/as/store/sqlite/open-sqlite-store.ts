import type { Clock } from '../../../shared/clock.js';
import { ConfigurationError } from '../../../shared/configuration-error.js';
import type { Store } from '../store.js';
import type { Database, OpenDatabase } from './database.js';
import { loadDriver } from './driver.js';
import { isNoDatabase, storeErrorOf } from './faults.js';
import { ensureFile, parseStoreFile, type StoreFile, watchFile } from './file.js';
import { patiently } from './patience.js';
import { checkedVersion, migrate } from './schema.js';
import { createSqliteStore, type StoreDatabase } from './sqlite-store.js';
import { inTransaction } from './transaction.js';

/**
 * What holds for a connection. The log makes readers and writers not wait for each other; with FULL, and on a Mac with
 * a flush that is one, what was committed survives a power cut. Waiting for a lock is done in `patience.ts`.
 *
 * @see {@link https://www.sqlite.org/pragma.html SQLite, PRAGMA}
 */
const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA journal_size_limit = 16777216;
  PRAGMA trusted_schema = OFF;
`;

/** Which file, for whom. */
export interface SqliteStoreOptions {
  /** `sqlite:<file>` */
  readonly store: string;
  /** several may share a file */
  readonly issuer: string;
  readonly clock: Clock;
}

/**
 * Opens a store in a file, and makes or upgrades that where necessary.
 *
 * @param driver default: what this machine has
 * @throws ConfigurationError for a file that cannot be used, or if there is no SQLite to be had
 * @throws StoreUnavailableError if it is locked, damaged, or there is no room
 */
export async function openSqliteStore(
  { store, issuer, clock }: SqliteStoreOptions,
  driver?: OpenDatabase,
): Promise<Store> {
  const file = parseStoreFile(store);
  const open = driver ?? (await loadDriver());
  ensureFile(file);
  const checkFile = watchFile(file);
  try {
    const ready = await patiently(() => openReady(open, file, issuer));
    return createSqliteStore({ ...ready, file: file.name, checkFile }, clock);
  } catch (error) {
    if (isNoDatabase(error))
      throw new ConfigurationError('store', `${file.name} is no SQLite database; name another file`);
    throw storeErrorOf(error, file.name);
  }
}

/** Opens a connection and makes all ready; one that found the file locked on the way is not used again. */
function openReady(
  open: OpenDatabase,
  { name, path }: StoreFile,
  issuer: string,
): Pick<StoreDatabase, 'database' | 'issuer'> {
  const database = open(path);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    // Before anything is changed in it: it may be another's.
    checkedVersion(database, name);
    useLog(database, name);
    database.exec(SETTINGS);
    migrate(database, name);
    return { database, issuer: inTransaction(database, () => numberOf(database, issuer)) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function useLog(database: Database, name: string): void {
  const [row] = database.prepare('PRAGMA journal_mode = WAL').all();
  if (row?.['journal_mode'] === 'wal') return;
  throw new ConfigurationError(
    'store',
    `${name} is where SQLite cannot keep a log; use a disk of this machine`,
  );
}

/** Issuers are told apart by a number, which is shorter than they are. */
function numberOf(database: Database, issuer: string): number {
  database.prepare('INSERT INTO issuer (name) VALUES (?) ON CONFLICT DO NOTHING').all(issuer);
  return Number(database.prepare('SELECT id FROM issuer WHERE name = ?').all(issuer)[0]?.['id']);
}
