import { INDEXED } from '../records.js';
import { append, type Chain, emptyChain, type Link, unlink, valuesOf } from './chain.js';
import type { StoredKind } from './eviction.js';
import type { Expiring } from './expiry-queue.js';
import { createIdMap, type IdMap } from './id-map.js';
import type { Pool } from './pools.js';

/** A record as it is kept: as JSON, which is smaller than the object, and of which everybody gets a copy. */
export interface Entry extends Expiring {
  readonly table: Table;
  readonly id: string;
  readonly json: string;
  /** how much memory it takes up, about */
  readonly bytes: number;
  /** its places in the chains of its table */
  links: readonly Link<Entry>[];
}

/** The records of one kind. */
export interface Table {
  readonly kind: StoredKind;
  /** whose room it takes up */
  readonly pool: Pool;
  readonly byId: IdMap<Entry>;
  /** the one that was written first in front */
  readonly byAge: Chain<Entry>;
  readonly indexes: readonly MemberIndex[];
}

/** The records by what one of their members says. */
export interface MemberIndex {
  readonly member: string;
  readonly chains: IdMap<Chain<Entry>>;
}

/** A table without records. */
export function emptyTable(kind: StoredKind, pool: Pool): Table {
  const [, members = []] = Object.entries(INDEXED).find(([name]) => name === kind) ?? [];
  return {
    kind,
    pool,
    byId: createIdMap(),
    byAge: emptyChain(kind),
    indexes: members.map((member) => ({ member, chains: createIdMap() })),
  };
}

/** Puts an entry in, as the newest; there must be none with its id. */
export function insert(entry: Entry, value: unknown): void {
  const { table, id } = entry;
  table.byId.set(id, entry);
  entry.links = [
    append(table.byAge, entry),
    ...table.indexes.map(({ member, chains }) => append(chainOf(chains, memberOf(value, member)), entry)),
  ];
}

/** Takes an entry out that is in its table. */
export function takeOut({ table, id, links }: Entry): void {
  table.byId.delete(id);
  links.forEach((link, at) => {
    unlink(link);
    const { name, size } = link.chain;
    // The first is the chain by age, which stays.
    if (size === 0) table.indexes[at - 1]?.chains.delete(name);
  });
}

/**
 * All entries that can have these members, and perhaps others: those that have the rarest one of them.
 *
 * @param index members and their values; without any, every entry of the table is meant
 */
export function candidates(
  { indexes, byAge }: Table,
  index: Readonly<Record<string, string | undefined>>,
): Iterable<Entry> {
  let rarest: Chain<Entry> | undefined;
  for (const { member, chains } of indexes) {
    const value = index[member];
    if (value === undefined) continue;
    const chain = chains.get(value);
    if (!chain) return [];
    if (!rarest || chain.size < rarest.size) rarest = chain;
  }
  return valuesOf(rarest ?? byAge);
}

function chainOf(chains: IdMap<Chain<Entry>>, name: string): Chain<Entry> {
  const known = chains.get(name);
  if (known) return known;
  const chain = emptyChain<Entry>(name);
  chains.set(name, chain);
  return chain;
}

function memberOf(value: unknown, member: string): string {
  return typeof value === 'object' && value !== null ? String(Reflect.get(value, member)) : '';
}
