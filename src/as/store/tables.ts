import type { Clock } from '../../shared/clock.js';

/** More of a kind than this, and the oldest goes: memory stays bounded whatever clients do. */
const MAX_RECORDS_PER_KIND = 50_000;

/** The same in characters of JSON: a registration may have 64 KiB, and 50,000 of those would be more than there is. */
const MAX_CHARACTERS_PER_KIND = 64 * 1024 * 1024;

/** How often, in seconds, what has expired is cleared away. */
const SWEEP_SECONDS = 30;

/** A record, and how long it is good. */
export interface Entry<T> {
  readonly value: T;
  readonly expires_at: number;
  readonly characters: number;
}

/** The records of one kind, the one that was written first in front. */
export interface Table<T> {
  readonly entries: Map<string, Entry<T>>;
  /** of all entries together */
  characters: number;
}

/** How much one table may hold. */
export interface TableBounds {
  readonly maxRecordsPerKind?: number;
  readonly maxCharactersPerKind?: number;
}

/** What all tables have in common: records expire, and the oldest make room for a new one. */
export interface TableKeeper {
  /** The record with this id, if it has not expired. */
  live<T>(table: Table<T>, id: string): Entry<T> | undefined;
  /** Writes a frozen copy of the value, as the newest record. */
  write<T>(table: Table<T>, id: string, value: T, expires_at: number): void;
  /** Whether the value fits in without another having to go, once what has expired is cleared away. */
  hasRoom<T>(table: Table<T>, value: T): boolean;
}

/** A table without records. */
export function emptyTable<T>(): Table<T> {
  return { entries: new Map(), characters: 0 };
}

/** Takes a record out, if it is there. */
export function remove(table: Table<unknown>, id: string): void {
  table.characters -= table.entries.get(id)?.characters ?? 0;
  table.entries.delete(id);
}

/**
 * Looks after tables.
 *
 * @param tables all of them: what has expired is cleared away in all at once
 */
export function createTableKeeper(
  clock: Clock,
  tables: readonly Table<unknown>[],
  bounds: TableBounds,
): TableKeeper {
  const { maxRecordsPerKind = MAX_RECORDS_PER_KIND, maxCharactersPerKind = MAX_CHARACTERS_PER_KIND } = bounds;
  let nextSweep = clock.now() + SWEEP_SECONDS;

  function fits({ entries, characters }: Table<unknown>, more: number): boolean {
    return entries.size < maxRecordsPerKind && characters + more <= maxCharactersPerKind;
  }

  function sweepWhenDue(): void {
    const now = clock.now();
    if (now < nextSweep) return;
    nextSweep = now + SWEEP_SECONDS;
    for (const table of tables) {
      for (const [id, entry] of table.entries) if (entry.expires_at <= now) remove(table, id);
    }
  }

  return {
    live(table, id) {
      const entry = table.entries.get(id);
      return entry && entry.expires_at > clock.now() ? entry : undefined;
    },
    write(table, id, value, expires_at) {
      sweepWhenDue();
      const entry = { ...stored(value), expires_at };
      remove(table, id);
      for (const oldest of table.entries.keys()) {
        if (fits(table, entry.characters)) break;
        remove(table, oldest);
      }
      table.entries.set(id, entry);
      table.characters += entry.characters;
    },
    hasRoom(table, value) {
      sweepWhenDue();
      return fits(table, stored(value).characters);
    },
  };
}

/** A copy that nobody can change, and how large it is. */
function stored<T>(value: T): { readonly value: T; readonly characters: number } {
  const json = JSON.stringify(value);
  const copy: T = JSON.parse(json);
  return { value: frozen(copy), characters: json.length };
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
