import type { Database } from './database.js';

/**
 * Does something in a transaction: as a whole, or not at all. It has the right to write from its beginning, so that nobody
 * else's write comes between what it reads and what it writes.
 *
 * None of it is a prepared statement: in libsql one that finds the file locked stays under way, and from then on its
 * connection reads what was there at that moment, and never writes again.
 *
 * @param act whatever it does, the file cannot be locked by another by then
 */
export function inTransaction<T>(database: Database, act: () => T): T {
  try {
    database.exec('BEGIN IMMEDIATE');
    const value = act();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // It had not begun, or SQLite has rolled it back already.
    }
    throw error;
  }
}
