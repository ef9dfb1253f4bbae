import { ConfigurationError } from '../../../shared/configuration-error.js';
import type { Database } from './database.js';
import { inTransaction } from './transaction.js';

/**
 * Marks a file as ours in its header: "mcpo".
 *
 * @see {@link https://www.sqlite.org/pragma.html#pragma_application_id SQLite, PRAGMA application_id}
 */
const APPLICATION_ID = 0x6d_63_70_6f;

/**
 * What makes a database of each version out of one of the version before; the first, out of an empty file. What was
 * published is never changed: a new version is a new entry.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE issuer (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

  CREATE TABLE record (
    number INTEGER PRIMARY KEY, -- grows: the order in which records came
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    value TEXT NOT NULL, -- JSON, members in order
    expires_at INTEGER NOT NULL, -- seconds since 1970
    sub TEXT AS (value ->> '$.sub') VIRTUAL,
    client_id TEXT AS (value ->> '$.client_id') VIRTUAL,
    UNIQUE (issuer, kind, id)
  );
  CREATE INDEX record_by_expiry ON record (expires_at);
  CREATE INDEX grant_by_sub ON record (issuer, sub, client_id) WHERE kind = 'grant';
  CREATE INDEX grant_by_client ON record (issuer, client_id) WHERE kind = 'grant';
  CREATE INDEX access_token_by_client ON record (issuer, client_id) WHERE kind = 'access_token';
  CREATE INDEX session_by_sub ON record (issuer, sub) WHERE kind = 'session';
  CREATE INDEX unused_client_by_age ON record (issuer, number) WHERE kind = 'unused_client';
  CREATE INDEX deleted_client_by_age ON record (issuer, number) WHERE kind = 'deleted_client';
  CREATE INDEX interaction_by_age ON record (issuer, number) WHERE kind = 'interaction';

  CREATE TABLE counter (
    number INTEGER PRIMARY KEY,
    issuer INTEGER NOT NULL REFERENCES issuer (id),
    key TEXT NOT NULL,
    count INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (issuer, key)
  );
  CREATE INDEX counter_by_expiry ON counter (expires_at);
  `,
];

/**
 * Sees whether a file is empty, or one of ours, without changing it.
 *
 * @param file how the operator wrote it
 * @returns the version of its schema; 0: it has none yet
 * @throws ConfigurationError for what must not be touched
 */
export function checkedVersion(database: Database, file: string, latest = MIGRATIONS.length): number {
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const isEmpty = database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').all().length === 0;
  if (application !== APPLICATION_ID && !(isEmpty && application === 0 && version === 0)) {
    throw new ConfigurationError('store', `${file} is the database of another program; name another file`);
  }
  if (version > latest) {
    throw new ConfigurationError(
      'store',
      `${file} was written by a newer mcp-oauth-demo (its schema is ${version}, this one knows up to ${latest}); run that, or name another file`,
    );
  }
  return version;
}

/**
 * Brings a database to the newest version, step by step; each is done as a whole or not at all. Another process may do
 * the same at the same time.
 *
 * @throws ConfigurationError for what must not be touched
 */
export function migrate(database: Database, file: string, migrations = MIGRATIONS): void {
  while (checkedVersion(database, file, migrations.length) < migrations.length) {
    inTransaction(database, () => {
      // Looked at once more, now that nobody else can write.
      const version = checkedVersion(database, file, migrations.length);
      const migration = migrations[version];
      if (migration === undefined) return;
      database.exec(migration);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version + 1}`);
    });
  }
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).all()[0]?.[name]);
}
