/** What counts when a session has to make room for another. */
export interface Seat {
  /** whose share it takes; see `holderOf` */
  readonly holder: string;
  /** the streams that are open */
  readonly streams: { readonly size: number };
}

/**
 * Which session makes room for a new one when there are too many: one of the same user; if they have none, one
 * of those who have most, so that nobody can push the others out. Of their sessions it is the one idle for longest,
 * if possible without an open stream.
 *
 * @param seats in the order of use, the one idle for longest first
 * @param holder who wants to come in
 * @returns undefined if nobody has more than one, and each is in use
 */
export function findRoom<S extends Seat>(seats: readonly S[], holder: string): S | undefined {
  const own = seats.filter((seat) => seat.holder === holder);
  if (own.length > 0) return leastUsed(own);
  const counts = new Map<string, number>();
  for (const seat of seats) counts.set(seat.holder, (counts.get(seat.holder) ?? 0) + 1);
  const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 0);
  if (most <= 1) return seats.find(isUnheld);
  return leastUsed(seats.filter((seat) => counts.get(seat.holder) === most));
}

function leastUsed<S extends Seat>(seats: readonly S[]): S | undefined {
  return seats.find(isUnheld) ?? seats[0];
}

function isUnheld({ streams }: Seat): boolean {
  return streams.size === 0;
}
