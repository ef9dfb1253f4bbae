import type { Clock } from '../../shared/clock.js';
import type { Kind, Records } from './records.js';
import { type Store, StoreFullError } from './store.js';
import { createTableKeeper, emptyTable, remove, type Table, type TableBounds } from './tables.js';

/** Kinds whose records stay until they expire, whatever comes: a full table takes no more of them. */
const KEPT_TO_THE_END: ReadonlySet<Kind> = new Set(['used_assertion']);

type Tables = { readonly [K in Kind]: Table<Records[K]> };

function emptyTables(): Tables {
  return {
    client: emptyTable(),
    unused_client: emptyTable(),
    deleted_client: emptyTable(),
    client_usage: emptyTable(),
    told_to_register: emptyTable(),
    interaction: emptyTable(),
    session: emptyTable(),
    grant: emptyTable(),
    authorization_code: emptyTable(),
    access_token: emptyTable(),
    void_token: emptyTable(),
    refresh_token: emptyTable(),
    issued: emptyTable(),
    login_slot: emptyTable(),
    signing_key: emptyTable(),
    used_assertion: emptyTable(),
  };
}

/**
 * A store in this process's memory. Atomic because each operation runs to its end without waiting.
 *
 * A value is copied once, when it comes in, and frozen; what goes out is that frozen copy.
 *
 * @param bounds of each kind; the oldest records make room for a new one, save where that would be unsafe
 */
export function createMemoryStore(clock: Clock, bounds: TableBounds = {}): Store {
  const tables = emptyTables();
  const counters = emptyTable<number>();
  const { live, write, hasRoom } = createTableKeeper(clock, [...Object.values(tables), counters], bounds);

  function tableOf<K extends Kind>(kind: K): Table<Records[K]> {
    return tables[kind];
  }

  return {
    async get(kind, id) {
      return live(tableOf(kind), id)?.value;
    },
    async put(kind, id, value, expires_at) {
      write(tableOf(kind), id, value, expires_at);
    },
    async add(kind, id, value, expires_at) {
      if (live(tableOf(kind), id)) return false;
      if (KEPT_TO_THE_END.has(kind) && !hasRoom(tableOf(kind), value)) throw new StoreFullError(kind);
      write(tableOf(kind), id, value, expires_at);
      return true;
    },
    async replace(kind, id, { expected, value, expires_at }) {
      const entry = live(tableOf(kind), id);
      if (!entry || !sameContent(entry.value, expected)) return false;
      write(tableOf(kind), id, value, expires_at);
      return true;
    },
    async take(kind, id) {
      const entry = live(tableOf(kind), id);
      remove(tableOf(kind), id);
      return entry?.value;
    },
    async list(kind, index) {
      return found(tableOf(kind), Object.entries(index), clock.now());
    },
    async increment(key, windowSeconds) {
      const entry = live(counters, key);
      const count = (entry?.value ?? 0) + 1;
      // A window that began before the clock was set back ends no later than one that begins now.
      const ends = clock.now() + windowSeconds;
      write(counters, key, count, Math.min(entry?.expires_at ?? ends, ends));
      return count;
    },
    async trim(kind, keep) {
      const { entries } = tableOf(kind);
      const oldest = [...entries.keys()].slice(0, Math.max(0, entries.size - keep));
      for (const id of oldest) remove(tableOf(kind), id);
      return oldest.length;
    },
    close: async () => undefined,
  };
}

/** One loop and no copies: every record of the kind is looked at, and there may be tens of thousands. */
function found<T extends object>(
  table: Table<T>,
  wanted: readonly (readonly [string, unknown])[],
  now: number,
): { readonly id: string; readonly value: T }[] {
  const records = [];
  for (const [id, { value, expires_at }] of table.entries) {
    if (expires_at > now && hasMembers(value, wanted)) records.push({ id, value });
  }
  return records;
}

function hasMembers(value: object, wanted: readonly (readonly [string, unknown])[]): boolean {
  return wanted.every(([name, expected]) => Reflect.get(value, name) === expected);
}

/** Whether two plain JSON values are equal, whatever the order of their members. */
function sameContent(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const membersOfA = Object.entries(a);
  const membersOfB = new Map<string, unknown>(Object.entries(b));
  return (
    Array.isArray(a) === Array.isArray(b) &&
    membersOfA.length === membersOfB.size &&
    membersOfA.every(([name, value]) => membersOfB.has(name) && sameContent(value, membersOfB.get(name)))
  );
}
