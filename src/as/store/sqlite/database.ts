/** What goes into a statement. */
export type SqlValue = string | number | null;

/** What comes out of one, by the names of the columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A statement that was compiled once. */
export interface Statement {
  /** Runs it to its end; one that is left half way would keep what it has seen locked. @returns its rows, if any */
  all(...values: readonly SqlValue[]): readonly Row[];
}

/** A connection to a SQLite database: the little of it that the store needs. */
export interface Database {
  /** Runs one or more statements that have no values. */
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** Opens a connection to the file at an absolute path. */
export type OpenDatabase = (path: string) => Database;
