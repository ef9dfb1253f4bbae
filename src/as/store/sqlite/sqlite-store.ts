import type { Clock } from '../../../shared/clock.js';
import { INDEXED, type Kind, type ListedKind, type Records } from '../records.js';
import { type Store, StoreUnavailableError } from '../store.js';
import { canonicalJson } from '../canonical-json.js';
import type { Database, Row, SqlValue, Statement } from './database.js';
import { storeErrorOf } from './faults.js';
import { createGroupCommit } from './group-commit.js';
import { patiently } from './patience.js';
import { listSql, SQL, trimSql } from './statements.js';

/** How often, in seconds, what has expired is cleared away, and how many rows of a table at a time. */
const SWEEP_SECONDS = 30;
const ROWS_AT_A_TIME = 500;

/** A database that is ready for use. */
export interface StoreDatabase {
  readonly database: Database;
  /** how the operator wrote it, for messages */
  readonly file: string;
  /** the number of the issuer whose records these are */
  readonly issuer: number;
  /** @throws StoreUnavailableError if the file is no longer the one that was opened */
  checkFile(): void;
}

/**
 * A store in a SQLite database.
 *
 * What is read is read at once. What is written is on the disk when the promise resolves, and is written together with
 * whatever else was asked for in the same turn of the event loop.
 */
export function createSqliteStore({ database, file, issuer, checkFile }: StoreDatabase, clock: Clock): Store {
  const isFatal = (error: unknown) => storeErrorOf(error, file) !== error;
  const commits = createGroupCommit(database, isFatal);
  const prepared = new Map<string, Statement>();
  let nextSweep = 0;
  let isOpen = true;

  function run(sql: string, ...values: readonly SqlValue[]): readonly Row[] {
    let statement = prepared.get(sql);
    if (!statement) prepared.set(sql, (statement = database.prepare(sql)));
    return statement.all(...values);
  }

  async function told<T>(work: () => Promise<T>): Promise<T> {
    if (!isOpen) throw new StoreUnavailableError(`${file} was closed`);
    return work().catch((error: unknown) => {
      throw storeErrorOf(error, file);
    });
  }

  /** Looked at right before it is done, which may be seconds after it was asked for. */
  const inTheFile =
    <T>(act: () => T) =>
    (): T => {
      checkFile();
      return act();
    };

  const read = <T>(act: () => T): Promise<T> => told(() => patiently(inTheFile(act)));

  const write = <T>(act: () => T): Promise<T> =>
    told(() => {
      const written = commits.write(inTheFile(act));
      sweepWhenDue();
      return written;
    });

  /** Rides on the transaction of a write: a server that does nothing wakes no disk. */
  function sweepWhenDue(): void {
    const now = clock.now();
    // Far away only if the clock was set back.
    if (now < nextSweep && nextSweep <= now + SWEEP_SECONDS) return;
    nextSweep = now + SWEEP_SECONDS;
    for (const sql of [SQL.sweepRecords, SQL.sweepCounters]) {
      void commits
        .write(() => run(sql, now, ROWS_AT_A_TIME).length)
        .then(
          (gone) => {
            // There may be more: the next write takes those along.
            if (gone === ROWS_AT_A_TIME) nextSweep = now;
          },
          // What goes wrong here goes wrong for the write beside it too, and is told there.
          () => undefined,
        );
    }
  }

  return {
    get: (kind, id) => read(() => recordIn(kind, run(SQL.get, issuer, kind, id, clock.now())[0])),
    async put(kind, id, value, expires_at) {
      const json = canonicalJson(value);
      await write(() => run(SQL.put, issuer, kind, id, json, expires_at));
    },
    async add(kind, id, value, expires_at) {
      const json = canonicalJson(value);
      const added = await write(() => run(SQL.add, issuer, kind, id, json, expires_at, clock.now()));
      return added.length > 0;
    },
    async replace(kind, id, { expected, value, expires_at }) {
      const [before, after] = [canonicalJson(expected), canonicalJson(value)];
      const replaced = await write(() =>
        run(SQL.replace, after, expires_at, issuer, kind, id, clock.now(), before),
      );
      return replaced.length > 0;
    },
    async take(kind, id) {
      const [row] = await write(() => run(SQL.take, issuer, kind, id));
      return row && Number(row['expires_at']) > clock.now() ? recordIn(kind, row) : undefined;
    },
    list: (kind, index) =>
      read(() => {
        const members = membersOf(kind).filter((member) => Object.hasOwn(index, member));
        const wanted = members.map((member) => index[member] ?? null);
        const rows = run(listSql(kind, members), issuer, ...wanted, clock.now());
        return rows.map((row) => ({ id: String(row['id']), value: recordIn(kind, row) }));
      }),
    async increment(key, windowSeconds) {
      const [row] = await write(() => {
        const now = clock.now();
        return run(SQL.increment, issuer, key, now + windowSeconds, now, now);
      });
      return Number(row?.['count']);
    },
    async trim(kind, keep) {
      let gone = 0;
      for (;;) {
        const { length } = await write(() => run(trimSql(kind), issuer, ROWS_AT_A_TIME, keep));
        gone += length;
        if (length < ROWS_AT_A_TIME) return gone;
      }
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await commits.idle();
      closeDatabase(database);
    },
  };
}

function membersOf<K extends ListedKind>(kind: K): readonly (typeof INDEXED)[K][number][] {
  return INDEXED[kind];
}

function recordIn<K extends Kind>(kind: K, row: Row): Records[K];
function recordIn<K extends Kind>(kind: K, row: Row | undefined): Records[K] | undefined;
function recordIn<K extends Kind>(_kind: K, row: Row | undefined): Records[K] | undefined {
  return row && JSON.parse(String(row['value']));
}

/** Leaves all that was written in the one file, unless another process has it open, which then does that at its end. */
function closeDatabase(database: Database): void {
  try {
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  } catch {
    // Whoever opens the file next reads the log beside it.
  }
  database.close();
}
