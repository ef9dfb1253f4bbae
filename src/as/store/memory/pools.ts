import { EVICTED_IN_ORDER, OWN_SHARES, type StoredKind } from './eviction.js';

/** How much a store holds. */
export interface Bounds {
  /** of all kinds together */
  readonly maxRecords: number;
  /** what they take up together, about */
  readonly maxBytes: number;
}

/** How much room some kinds have, and how much of it is taken. */
export interface Pool extends Bounds {
  /** the kinds of which the oldest goes where there is no room, the first of them first */
  readonly order: readonly StoredKind[];
  records: number;
  bytes: number;
}

/** Parts the room of a store: a pool for each kind that has a share of its own, and one for all others. */
export function partIntoPools(bounds: Bounds): (kind: StoredKind) => Pool {
  const own = new Map(
    OWN_SHARES.map(({ kind, percent, evicts }) => [kind, poolOf(bounds, percent, evicts ? [kind] : [])]),
  );
  const rest = OWN_SHARES.reduce((left, { percent }) => left - percent, 100);
  const others = poolOf(bounds, rest, EVICTED_IN_ORDER);
  return (kind) => own.get(kind) ?? others;
}

function poolOf({ maxRecords, maxBytes }: Bounds, percent: number, order: Pool['order']): Pool {
  return {
    maxRecords: Math.max(1, Math.floor((maxRecords * percent) / 100)),
    maxBytes: Math.floor((maxBytes * percent) / 100),
    order,
    records: 0,
    bytes: 0,
  };
}
