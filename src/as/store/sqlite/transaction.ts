import type { Database } from './database.js';

/**
 * Makes what does something in a transaction: as a whole, or not at all. It has the right to write from its beginning, so
 * that nobody else's write comes between what it reads and what it writes.
 */
export function createTransaction(database: Database): <T>(act: () => T) => T {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  return (act) => {
    try {
      begin.all();
      const value = act();
      commit.all();
      return value;
    } catch (error) {
      try {
        rollback.all();
      } catch {
        // It had not begun, or SQLite has rolled it back already.
      }
      throw error;
    }
  };
}
