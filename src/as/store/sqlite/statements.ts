import type { INDEXED, ListedKind, TrimmedKind } from '../records.js';

/** What identifies a record: the number of its issuer, its kind and its id. */
const WHICH = 'issuer = ? AND kind = ? AND id = ?';

const INSERT = 'INSERT INTO record (issuer, kind, id, value, expires_at) VALUES (?, ?, ?, ?, ?)';
const INSTEAD =
  'ON CONFLICT (issuer, kind, id) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at';

/**
 * What the store asks of its database. Each operation is one statement, and with that atomic among all processes that have
 * the file open.
 */
export const SQL = {
  get: `SELECT value FROM record WHERE ${WHICH} AND expires_at > ?`,
  put: `${INSERT} ${INSTEAD}`,
  /** what has expired, but was not swept yet, is in nobody's way */
  add: `${INSERT} ${INSTEAD} WHERE record.expires_at <= ? RETURNING 1`,
  replace: `UPDATE record SET value = ?, expires_at = ? WHERE ${WHICH} AND expires_at > ? AND value = ? RETURNING 1`,
  /** what has expired goes too: it must not come back if the clock is set back */
  take: `DELETE FROM record WHERE ${WHICH} RETURNING value, expires_at`,
  /** a window ends no later than one that would begin now, also where the clock was set back since it began */
  increment: `INSERT INTO counter (issuer, key, count, expires_at) VALUES (?, ?, 1, ?)
    ON CONFLICT (issuer, key) DO UPDATE SET
      count = CASE WHEN expires_at > ? THEN count + 1 ELSE 1 END,
      expires_at = CASE WHEN expires_at > ? THEN min(expires_at, excluded.expires_at) ELSE excluded.expires_at END
    RETURNING count`,
  sweepRecords: `DELETE FROM record WHERE number IN
    (SELECT number FROM record WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) RETURNING 1`,
  sweepCounters: `DELETE FROM counter WHERE number IN
    (SELECT number FROM counter WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) RETURNING 1`,
} as const;

/** The kind stands in the text, and not in a parameter: only so can SQLite see that the index of that kind will do. */
export function listSql<K extends ListedKind>(
  kind: K,
  members: readonly (typeof INDEXED)[K][number][],
): string {
  const wanted = members.map((member) => `AND ${member} = ?`).join(' ');
  return `SELECT id, value FROM record WHERE issuer = ? AND kind = '${kind}' ${wanted} AND expires_at > ? ORDER BY number`;
}

/** The same holds here. */
export function trimSql(kind: TrimmedKind): string {
  return `DELETE FROM record WHERE number IN (SELECT number FROM record WHERE issuer = ? AND kind = '${kind}'
    ORDER BY number DESC LIMIT ? OFFSET ?) RETURNING 1`;
}
