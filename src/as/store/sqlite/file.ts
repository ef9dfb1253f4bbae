import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigurationError } from '../../../shared/configuration-error.js';
import { printable } from '../../../shared/printable.js';
import { StoreUnavailableError } from '../store.js';

/** Only the user that the server runs as may read it: it holds signing keys. The files beside it are made likewise. */
const MODE = 0o600;

/** What `--store sqlite:<file>` names. */
export interface StoreFile {
  /** as the operator wrote it, fit for one line */
  readonly name: string;
  /** absolute */
  readonly path: string;
}

/**
 * Reads `sqlite:<file>`; a relative path is looked for where the command was started.
 *
 * @throws ConfigurationError for what is no file
 */
export function parseStoreFile(store: string): StoreFile {
  const written = store.slice('sqlite:'.length);
  const name = printable(written, 200);
  if (written === '') throw new ConfigurationError('store', 'sqlite: names no file; write sqlite:oauth.db');
  if (/^\/\/(?!\/)/.test(written)) {
    throw new ConfigurationError(
      'store',
      `"sqlite:${name}" is no URL; write sqlite:oauth.db or sqlite:/var/lib/oauth.db`,
    );
  }
  if (written === ':memory:' || written.includes('\0')) {
    throw new ConfigurationError('store', `"${name}" is no file; to keep nothing, use --store memory`);
  }
  return { name, path: resolve(written) };
}

/**
 * Makes the file if there is none.
 *
 * A file that is there is only looked at: to open and close it would take away the locks that SQLite has on it in this
 * process.
 *
 * @throws ConfigurationError if it cannot be made, or not be used
 */
export function ensureFile({ name, path }: StoreFile): void {
  try {
    closeSync(openSync(path, 'wx', MODE));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw new ConfigurationError('store', whyNotMade(error, name, path));
  }
  try {
    if (!statSync(path).isFile()) throw new ConfigurationError('store', `${name} is no file`);
    accessSync(path, constants.R_OK | constants.W_OK);
    // Beside it are the log and its index while the file is in use.
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(
      'store',
      `${name} and its folder must be readable and writable by the user that this runs as (${codeOf(error)})`,
    );
  }
}

function whyNotMade(error: unknown, name: string, path: string): string {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? `there is no folder ${printable(dirname(path), 200)} for ${name}; make it first`
    : `${name} cannot be created (${code})`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/**
 * Sees to it that what is written goes into the file that has the name. SQLite does not notice that it was deleted or
 * replaced, and what it wrote after that would be gone with the process.
 *
 * @returns throws a StoreUnavailableError if that is another file now
 */
export function watchFile({ name, path }: StoreFile): () => void {
  const opened = statSync(path);
  return () => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now?.ino !== opened.ino || now.dev !== opened.dev) {
      throw new StoreUnavailableError(
        `${name} was moved, deleted or replaced while it was in use; start again`,
      );
    }
  };
}
