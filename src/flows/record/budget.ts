/** How much may be written down. What is above it is only counted. */
export interface Budget {
  /** @returns whether one more exchange may be written down */
  take(): boolean;
  /** Takes more for one that turns out to be large. @param more in units of an ordinary exchange */
  spend(more: number): void;
}

/** A person can look at no more than that; a flood must not cost more. */
const EXCHANGES_A_SECOND = 100;
/** What twenty clients do at once is much less. */
const EXCHANGES_AT_ONCE = 5000;

/**
 * Lets as many exchanges through as a second brings, and at the beginning of a flood some more. Once it is empty it stays
 * closed until it has a second's worth again: to open for every single one would keep what it costs to look always on.
 *
 * @param milliseconds since any fixed moment; never goes back
 */
export function createBudget(milliseconds: () => number): Budget {
  let left = EXCHANGES_AT_ONCE;
  let filledAt = milliseconds();
  let closed = false;

  function fill(): void {
    const now = milliseconds();
    left = Math.min(EXCHANGES_AT_ONCE, left + ((now - filledAt) / 1000) * EXCHANGES_A_SECOND);
    filledAt = now;
  }

  return {
    take() {
      if (closed || left < 1) {
        fill();
        closed = left < EXCHANGES_A_SECOND;
        if (closed) return false;
      }
      left -= 1;
      return true;
    },
    spend(more) {
      left -= more;
    },
  };
}
