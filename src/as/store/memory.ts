import type { Clock } from '../../shared/clock.js';
import type { Kind, Records } from './records.js';
import type { Store } from './store.js';

/** More of a kind than this, and the oldest goes: memory stays bounded whatever clients do. */
const MAX_RECORDS_PER_KIND = 50_000;

/** How often, in seconds, what has expired is cleared away. */
const SWEEP_SECONDS = 30;

interface Entry<T> {
  readonly value: T;
  readonly expires_at: number;
}

type Tables = { readonly [K in Kind]: Map<string, Entry<Records[K]>> };

function emptyTables(): Tables {
  return {
    client: new Map(),
    client_usage: new Map(),
    interaction: new Map(),
    grant: new Map(),
    authorization_code: new Map(),
    access_token: new Map(),
    refresh_token: new Map(),
    issued: new Map(),
    login_slot: new Map(),
  };
}

/**
 * A store in this process's memory. Atomic because each operation runs to its end without waiting.
 *
 * A value is copied once, when it comes in, and frozen; what goes out is that frozen copy.
 *
 * @param options.maxRecordsPerKind the bound; the oldest record of the kind makes room for a new one
 */
export function createMemoryStore(
  clock: Clock,
  options: { readonly maxRecordsPerKind?: number } = {},
): Store {
  const limit = options.maxRecordsPerKind ?? MAX_RECORDS_PER_KIND;
  const tables = emptyTables();
  const counters = new Map<string, Entry<number>>();
  let nextSweep = clock.now() + SWEEP_SECONDS;

  function live<T>(table: Map<string, Entry<T>>, id: string): Entry<T> | undefined {
    const entry = table.get(id);
    return entry && entry.expires_at > clock.now() ? entry : undefined;
  }

  function write<T>(table: Map<string, Entry<T>>, id: string, entry: Entry<T>): void {
    sweepWhenDue();
    table.delete(id);
    if (table.size >= limit) table.delete(table.keys().next().value!);
    table.set(id, entry);
  }

  function sweepWhenDue(): void {
    const now = clock.now();
    if (now < nextSweep) return;
    nextSweep = now + SWEEP_SECONDS;
    for (const table of [...Object.values(tables), counters]) {
      for (const [id, entry] of table) if (entry.expires_at <= now) table.delete(id);
    }
  }

  function tableOf<K extends Kind>(kind: K): Map<string, Entry<Records[K]>> {
    return tables[kind];
  }

  return {
    async get(kind, id) {
      return live(tableOf(kind), id)?.value;
    },
    async put(kind, id, value, expires_at) {
      write(tableOf(kind), id, { value: frozenCopy(value), expires_at });
    },
    async add(kind, id, value, expires_at) {
      if (live(tableOf(kind), id)) return false;
      write(tableOf(kind), id, { value: frozenCopy(value), expires_at });
      return true;
    },
    async replace(kind, id, { expected, value, expires_at }) {
      const entry = live(tableOf(kind), id);
      if (!entry || !sameContent(entry.value, expected)) return false;
      write(tableOf(kind), id, { value: frozenCopy(value), expires_at });
      return true;
    },
    async take(kind, id) {
      const entry = live(tableOf(kind), id);
      tableOf(kind).delete(id);
      return entry?.value;
    },
    async list(kind, index) {
      const now = clock.now();
      const wanted = new Map<string, unknown>(Object.entries(index));
      return [...tableOf(kind)]
        .filter(([, entry]) => entry.expires_at > now)
        .filter(([, entry]) => membersOf(entry.value, wanted))
        .map(([id, entry]) => ({ id, value: entry.value }));
    },
    async increment(key, windowSeconds) {
      const entry = live(counters, key);
      const next = {
        value: (entry?.value ?? 0) + 1,
        expires_at: entry?.expires_at ?? clock.now() + windowSeconds,
      };
      write(counters, key, next);
      return next.value;
    },
  };
}

function membersOf(value: object, wanted: ReadonlyMap<string, unknown>): boolean {
  const members = new Map<string, unknown>(Object.entries(value));
  return [...wanted].every(([name, expected]) => members.get(name) === expected);
}

function frozenCopy<T extends object>(value: T): T {
  return freeze(structuredClone(value));
}

function freeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === 'object' && member !== null) freeze(member);
  }
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
