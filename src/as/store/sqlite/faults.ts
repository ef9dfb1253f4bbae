import { StoreUnavailableError } from '../store.js';

/**
 * Result codes of SQLite that say nothing about the request and all about the machine, and what each means to the operator.
 *
 * @see {@link https://www.sqlite.org/rescode.html SQLite, Result and Error Codes}
 */
const BUSY = 5;
const LOCKED = 6;
const NOT_A_DATABASE = 26;
const DAMAGED = 'is damaged; restore it from a backup';
const LEFT_LOCKED = 'is locked by another process';
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [1, 'is not as it was when it was opened'],
  [3, 'may not be accessed'],
  [BUSY, LEFT_LOCKED],
  [LOCKED, LEFT_LOCKED],
  [7, 'needs more memory than there is'],
  [8, 'is read-only'],
  [10, 'cannot be read or written; is its disk full or failing?'],
  [11, DAMAGED],
  [13, 'cannot grow: its disk is full'],
  [14, 'cannot be opened, or the files beside it cannot be'],
  [15, LEFT_LOCKED],
  [NOT_A_DATABASE, DAMAGED],
]);

/** The low byte of an extended result code is the code that it details. */
const PRIMARY = 0xff;

/** Whether somebody else is writing just now, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code !== undefined && [BUSY, LOCKED].includes(code & PRIMARY);
}

/** Whether a file was opened that is none of SQLite's. */
export function isNoDatabase(error: unknown): boolean {
  return resultCodeOf(error) === NOT_A_DATABASE;
}

/**
 * What the store throws for what its database threw.
 *
 * @param file how the operator wrote it
 * @returns a StoreUnavailableError where file, disk or machine are at fault; else what was thrown
 */
export function storeErrorOf(thrown: unknown, file: string): unknown {
  const code = resultCodeOf(thrown);
  const meaning = code === undefined ? undefined : MEANINGS.get(code & PRIMARY);
  if (meaning === undefined) return thrown;
  const told = thrown instanceof Error ? thrown.message : '';
  return new StoreUnavailableError(`${file} ${meaning} (SQLite: ${told}, ${code})`, { cause: thrown });
}

/** node:sqlite has it in one member, libsql in another. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'errcode' in error ? error.errcode : 'rawCode' in error ? error.rawCode : undefined;
  return typeof code === 'number' ? code : undefined;
}
