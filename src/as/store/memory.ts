import type { Clock } from '../../shared/clock.js';
import type { Kind, Records } from './records.js';
import { type Store, StoreFullError } from './store.js';

/** More of a kind than this, and the oldest goes: memory stays bounded whatever clients do. */
const MAX_RECORDS_PER_KIND = 50_000;

/** The same in characters of JSON: a registration may have 64 KiB, and 50,000 of those would be more than there is. */
const MAX_CHARACTERS_PER_KIND = 64 * 1024 * 1024;

/** Kinds whose records stay until they expire, whatever comes: a full table takes no more of them. */
const KEPT_TO_THE_END: ReadonlySet<Kind> = new Set(['used_assertion']);

/** How often, in seconds, what has expired is cleared away. */
const SWEEP_SECONDS = 30;

interface Entry<T> {
  readonly value: T;
  readonly expires_at: number;
  readonly characters: number;
}

interface Table<T> {
  readonly entries: Map<string, Entry<T>>;
  /** of all entries together */
  characters: number;
}

type Tables = { readonly [K in Kind]: Table<Records[K]> };

function emptyTable<T>(): Table<T> {
  return { entries: new Map(), characters: 0 };
}

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

function remove(table: Table<unknown>, id: string): void {
  table.characters -= table.entries.get(id)?.characters ?? 0;
  table.entries.delete(id);
}

/**
 * A store in this process's memory. Atomic because each operation runs to its end without waiting.
 *
 * A value is copied once, when it comes in, and frozen; what goes out is that frozen copy.
 *
 * @param options the bounds of each kind; the oldest records make room for a new one, save where that would be unsafe
 */
export function createMemoryStore(
  clock: Clock,
  options: { readonly maxRecordsPerKind?: number; readonly maxCharactersPerKind?: number } = {},
): Store {
  const maxRecords = options.maxRecordsPerKind ?? MAX_RECORDS_PER_KIND;
  const maxCharacters = options.maxCharactersPerKind ?? MAX_CHARACTERS_PER_KIND;
  const tables = emptyTables();
  const counters = emptyTable<number>();
  let nextSweep = clock.now() + SWEEP_SECONDS;

  function live<T>(table: Table<T>, id: string): Entry<T> | undefined {
    const entry = table.entries.get(id);
    return entry && entry.expires_at > clock.now() ? entry : undefined;
  }

  function write<T>(table: Table<T>, id: string, value: T, expires_at: number): void {
    sweepWhenDue();
    const entry = { ...stored(value), expires_at };
    remove(table, id);
    for (const oldest of table.entries.keys()) {
      if (hasRoom(table, entry)) break;
      remove(table, oldest);
    }
    table.entries.set(id, entry);
    table.characters += entry.characters;
  }

  function hasRoom(table: Table<unknown>, { characters }: Pick<Entry<unknown>, 'characters'>): boolean {
    return table.entries.size < maxRecords && table.characters + characters <= maxCharacters;
  }

  function sweepWhenDue(): void {
    const now = clock.now();
    if (now < nextSweep) return;
    nextSweep = now + SWEEP_SECONDS;
    for (const table of [...Object.values(tables), counters]) {
      for (const [id, entry] of table.entries) if (entry.expires_at <= now) remove(table, id);
    }
  }

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
      sweepWhenDue();
      if (KEPT_TO_THE_END.has(kind) && !hasRoom(tableOf(kind), stored(value))) throw new StoreFullError(kind);
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
      const now = clock.now();
      const wanted = Object.entries(index);
      const found = [];
      // One loop and no copies: every record of the kind is looked at, and there may be tens of thousands.
      for (const [id, { value, expires_at }] of tableOf(kind).entries) {
        if (expires_at > now && hasMembers(value, wanted)) found.push({ id, value });
      }
      return found;
    },
    async increment(key, windowSeconds) {
      const entry = live(counters, key);
      const count = (entry?.value ?? 0) + 1;
      write(counters, key, count, entry?.expires_at ?? clock.now() + windowSeconds);
      return count;
    },
  };
}

function hasMembers(value: object, wanted: readonly (readonly [string, unknown])[]): boolean {
  return wanted.every(([name, expected]) => Reflect.get(value, name) === expected);
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
