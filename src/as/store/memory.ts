import { getHeapStatistics } from 'node:v8';
import type { Clock } from '../../shared/clock.js';
import type { Bounds } from './memory/pools.js';
import { createRoom } from './memory/room.js';
import { candidates, type Entry } from './memory/table.js';
import type { Kind, Records } from './records.js';
import type { Store } from './store.js';

/** What a memory store holds at most, of all kinds together. */
export const MAX_RECORDS = 2_000_000;

/** What a record takes up, about, where there are many; see docs/storage.md. */
const BYTES_OF_RECORD = 1024;

/** The part of the memory of this process that records may take up: the rest is for its work. */
const PART_OF_HEAP = 0.6;

/**
 * A store in this process's memory. Atomic because each operation runs to its end without waiting.
 *
 * No operation takes longer because there is much in it: what has expired is cleared away bit by bit, and what is listed
 * is found by an index. What goes first where it is full is written down in `memory/eviction.ts`.
 *
 * @param bounds `maxRecords` of all kinds together, 2,000,000 unless given; `maxBytes` that they may take up together,
 *   about, by default 1 KiB for each, and no more than the heap of this process has room for
 */
export function createMemoryStore(clock: Clock, bounds: Partial<Bounds> = {}): Store {
  const { maxRecords = MAX_RECORDS } = bounds;
  const {
    maxBytes = Math.min(maxRecords * BYTES_OF_RECORD, getHeapStatistics().heap_size_limit * PART_OF_HEAP),
  } = bounds;
  const room = createRoom(clock, { maxRecords, maxBytes });

  return {
    async get(kind, id) {
      const entry = room.live(kind, id);
      return entry && valueOf(kind, entry);
    },
    async put(kind, id, value, expires_at) {
      room.write(kind, id, value, expires_at);
    },
    async add(kind, id, value, expires_at) {
      if (room.live(kind, id)) return false;
      room.write(kind, id, value, expires_at);
      return true;
    },
    async replace(kind, id, { expected, value, expires_at }) {
      const entry = room.live(kind, id);
      if (!entry || !sameContent(JSON.parse(entry.json), expected)) return false;
      room.write(kind, id, value, expires_at);
      return true;
    },
    async take(kind, id) {
      const live = room.live(kind, id);
      // One that has expired goes too: a clock that is set back must not give it to the next one.
      const entry = room.table(kind).byId.get(id);
      if (entry) room.remove(entry);
      return live && valueOf(kind, live);
    },
    async list(kind, index) {
      const now = clock.now();
      const wanted = Object.entries<string | undefined>(index);
      const records = [];
      for (const entry of candidates(room.table(kind), index)) {
        const value = valueOf(kind, entry);
        if (entry.expires_at > now && hasMembers(value, wanted)) records.push({ id: entry.id, value });
      }
      return records;
    },
    async increment(key, windowSeconds) {
      const entry = room.live('counter', key);
      const latest = clock.now() + windowSeconds;
      const count = (entry ? Number(entry.json) : 0) + 1;
      // A clock that was set back makes no window longer.
      room.write('counter', key, count, Math.min(entry?.expires_at ?? latest, latest));
      return count;
    },
    async trim(kind, keep) {
      const { byAge } = room.table(kind);
      const before = byAge.size;
      for (let oldest = byAge.first; oldest && byAge.size > keep; oldest = byAge.first)
        room.remove(oldest.value);
      return before - byAge.size;
    },
    close: async () => undefined,
  };
}

/** A copy, which is the caller's own. */
function valueOf<K extends Kind>(_kind: K, { json }: Entry): Records[K] {
  const value: Records[K] = JSON.parse(json);
  return value;
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
