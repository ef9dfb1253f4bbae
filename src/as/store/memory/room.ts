import type { Clock } from '../../../shared/clock.js';
import { NEVER, StoreFullError } from '../store.js';
import type { StoredKind } from './eviction.js';
import { createExpiryQueue } from './expiry-queue.js';
import { type Bounds, partIntoPools, type Pool } from './pools.js';
import { emptyTable, type Entry, insert, takeOut, type Table } from './table.js';

/** So many expired records are cleared away at most with one operation: more than one brings in, and no stall. */
const CLEARED_AT_ONCE = 16;

/** What a record takes up beside its id and its JSON, about: its entry, and its places in queue and indexes. */
const BYTES_BESIDE = 400;

/** The tables of a store, and the room that they share. */
export interface Room {
  /** The table of a kind. */
  table(kind: StoredKind): Table;
  /** The record with this id, if it has not expired. */
  live(kind: StoredKind, id: string): Entry | undefined;
  /**
   * Writes a record, as the newest. Where there is no room, what has expired goes, and then what is worth least.
   *
   * @throws StoreFullError if nothing of that may go
   */
  write(kind: StoredKind, id: string, value: unknown, expires_at: number): void;
  /** Takes a record out that is in. */
  remove(entry: Entry): void;
}

/** Makes an empty room. Nothing in it is ever walked through as a whole. */
export function createRoom(clock: Clock, bounds: Bounds): Room {
  const poolOf = partIntoPools(bounds);
  const tables = new Map<StoredKind, Table>();
  const queue = createExpiryQueue<Entry>();

  function table(kind: StoredKind): Table {
    const known = tables.get(kind);
    if (known) return known;
    const made = emptyTable(kind, poolOf(kind));
    tables.set(kind, made);
    return made;
  }

  function remove(entry: Entry): void {
    const { pool } = entry.table;
    takeOut(entry);
    queue.remove(entry);
    pool.records -= 1;
    pool.bytes -= entry.bytes;
  }

  function expired(now: number): Entry | undefined {
    const next = queue.next();
    return next && next.expires_at <= now ? next : undefined;
  }

  function clearSome(now: number): void {
    for (let count = 0; count < CLEARED_AT_ONCE; count += 1) {
      const entry = expired(now);
      if (!entry) return;
      remove(entry);
    }
  }

  /** The record that is worth least. */
  function leastOf({ order }: Pool): Entry | undefined {
    for (const kind of order) {
      const oldest = tables.get(kind)?.byAge.first;
      if (oldest) return oldest.value;
    }
    return undefined;
  }

  function makeRoom(kind: StoredKind, { pool }: Table, bytes: number): void {
    while (pool.records >= pool.maxRecords || pool.bytes + bytes > pool.maxBytes) {
      const entry = expired(clock.now()) ?? leastOf(pool);
      if (!entry) throw new StoreFullError(kind);
      remove(entry);
    }
  }

  return {
    table,
    remove,
    live(kind, id) {
      const now = clock.now();
      clearSome(now);
      const entry = tables.get(kind)?.byId.get(id);
      return entry && entry.expires_at > now ? entry : undefined;
    },
    write(kind, id, value, expires_at) {
      clearSome(clock.now());
      const into = table(kind);
      const json = JSON.stringify(value);
      const bytes = Buffer.byteLength(json) + id.length + BYTES_BESIDE;
      // Whatever had to go, it would be in vain.
      if (bytes > into.pool.maxBytes) throw new StoreFullError(kind);
      const before = into.byId.get(id);
      if (before) remove(before);
      makeRoom(kind, into, bytes);
      const entry: Entry = { table: into, id, json, bytes, expires_at, place: -1, links: [] };
      insert(entry, value);
      if (expires_at < NEVER) queue.add(entry);
      into.pool.records += 1;
      into.pool.bytes += bytes;
    },
  };
}
