/** What waits in an {@link ExpiryQueue}. */
export interface Expiring {
  readonly expires_at: number;
  /** where it is in the queue, which keeps this up to date; -1: not there */
  place: number;
}

/** Knows at any time what expires next. */
export interface ExpiryQueue<T extends Expiring> {
  add(one: T): void;
  /** Takes one out, if it is there. */
  remove(one: T): void;
  /** What expires first; undefined if nothing does. */
  next(): T | undefined;
}

/**
 * Makes a queue in which each knows its place, so that nothing has to be looked for: a binary heap. What is written with
 * the same life as all before it, as tokens are, is added at the end and stays there.
 */
export function createExpiryQueue<T extends Expiring>(): ExpiryQueue<T> {
  const heap: T[] = [];

  function put(one: T, place: number): void {
    heap[place] = one;
    one.place = place;
  }

  /** Moves one towards the front, past all that expire later. */
  function rise(one: T): void {
    let { place } = one;
    while (place > 0) {
      const above = Math.floor((place - 1) / 2);
      const other = heap[above];
      if (!other || other.expires_at <= one.expires_at) break;
      put(other, place);
      place = above;
    }
    put(one, place);
  }

  /** Moves one towards the end, past all that expire earlier. */
  function sink(one: T): void {
    let { place } = one;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const earlier = left && right && right.expires_at < left.expires_at ? right : left;
      if (!earlier || earlier.expires_at >= one.expires_at) break;
      const { place: below } = earlier;
      put(earlier, place);
      place = below;
    }
    put(one, place);
  }

  return {
    add(one) {
      one.place = heap.length;
      heap.push(one);
      rise(one);
    },
    remove(one) {
      const { place } = one;
      if (place < 0) return;
      one.place = -1;
      const last = heap.pop();
      if (!last || last === one) return;
      put(last, place);
      rise(last);
      sink(last);
    },
    next: () => heap[0],
  };
}
