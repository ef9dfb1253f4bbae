/** Lets in so many at once. */
export interface Turnstile {
  /** @returns what the work comes to; undefined if it was turned away and never began */
  pass<T>(work: () => Promise<T>): Promise<T | undefined>;
}

/**
 * Bounds work that is dear.
 *
 * @param limits how many may be under way at once, and how many may wait; whoever comes then is turned away
 */
export function createTurnstile(limits: { readonly running: number; readonly waiting: number }): Turnstile {
  const queue: (() => void)[] = [];
  let running = 0;
  return {
    async pass(work) {
      if (running < limits.running) running += 1;
      else if (queue.length < limits.waiting) await new Promise<void>((resolve) => queue.push(resolve));
      else return undefined;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        // The place is handed on, so that nobody who comes just now gets in before those who wait.
        if (next) next();
        else running -= 1;
      }
    },
  };
}
