import type { Attempt } from './attempt.js';

/** The attempts that are kept, and which of them has to go when there are too many. */
export interface Room {
  /** takes an attempt in, or notes that it has changed */
  put(attempt: Attempt): void;
  remove(attempt: Attempt): void;
  find(id: string): Attempt | undefined;
  /** those that have no outcome */
  open(): Iterable<Attempt>;
  /** the oldest first */
  all(): Iterable<Attempt>;
  /** who has to go to make room; undefined while there is enough */
  surplus(): Attempt | undefined;
}

/**
 * Room for so many attempts, and for so many exchanges in all of them. Where there are too many, those that ended go before
 * those under way, the oldest first. Attempts that never came to a token may not take more than half of the room from the
 * others: anybody can send those as fast as they like.
 */
export function createRoom(most: number, mostExchanges: number): Room {
  const byId = new Map<string, Attempt>();
  const sizes = new Map<Attempt, number>();
  let exchanges = 0;
  const unproven = { open: new Set<Attempt>(), ended: new Set<Attempt>() };
  const proven = { open: new Set<Attempt>(), ended: new Set<Attempt>() };
  const classes = [unproven.open, unproven.ended, proven.open, proven.ended];

  function classOf({ had, outcome }: Attempt): Set<Attempt> {
    const group = had.has('token') || had.has('accepted') ? proven : unproven;
    return outcome === undefined ? group.open : group.ended;
  }

  const first = (group: Set<Attempt>) => group.values().next().value;

  function oldestEnded(): Attempt | undefined {
    const [one, other] = [first(unproven.ended), first(proven.ended)];
    if (one === undefined || other === undefined) return one ?? other;
    return one.updatedAt <= other.updatedAt ? one : other;
  }

  function measure(attempt: Attempt, size: number): void {
    exchanges += size - (sizes.get(attempt) ?? 0);
    sizes.set(attempt, size);
  }

  return {
    put(attempt) {
      byId.set(attempt.id, attempt);
      measure(attempt, attempt.kept.length);
      const group = classOf(attempt);
      for (const other of classes) if (other !== group) other.delete(attempt);
      group.add(attempt);
    },
    remove(attempt) {
      byId.delete(attempt.id);
      measure(attempt, 0);
      sizes.delete(attempt);
      for (const group of classes) group.delete(attempt);
    },
    find: (id) => byId.get(id),
    *open() {
      yield* unproven.open;
      yield* proven.open;
    },
    all: () => byId.values(),
    surplus() {
      if (byId.size <= most && (exchanges <= mostExchanges || byId.size === 1)) return undefined;
      const tooMany = unproven.open.size + unproven.ended.size > Math.max(1, most / 2);
      return (
        (tooMany ? (first(unproven.ended) ?? first(unproven.open)) : undefined) ??
        oldestEnded() ??
        first(unproven.open) ??
        first(proven.open)
      );
    },
  };
}
