import type { Attempt } from './attempt.js';

/** So many keys of one attempt are kept; those that were not used for longest go first. */
const MOST_KEYS = 200;
/** More of those that wait and do not fit are not looked at. */
const MOST_LOOKED_AT = 32;

/** By what attempts are found: what is theirs alone, and what they wait for. */
export interface Directory {
  /** whose it is */
  find(key: string | undefined): Attempt | undefined;
  /** makes it theirs, whoever's it was */
  name(attempt: Attempt, key: string): void;
  /**
   * The one that has waited for it longest, of those that fit.
   *
   * @param isOver of those that have waited too long: they are no longer looked at
   */
  firstWaiting(
    what: string,
    fits: (attempt: Attempt) => boolean,
    isOver: (attempt: Attempt) => boolean,
  ): Attempt | undefined;
  /** sets what it waits for, and nothing else */
  wait(attempt: Attempt, what: readonly string[]): void;
  /** hands all that leads to one over to another */
  redirect(from: Attempt, to: Attempt): void;
  forget(attempt: Attempt): void;
}

/** Finds attempts without looking through them. */
export function createDirectory(): Directory {
  const owners = new Map<string, Attempt>();
  const queues = new Map<string, Set<Attempt>>();

  function name(attempt: Attempt, key: string): void {
    const owner = owners.get(key);
    if (owner !== attempt) owner?.keys.delete(key);
    owners.set(key, attempt);
    attempt.keys.delete(key);
    attempt.keys.add(key);
    if (attempt.keys.size <= MOST_KEYS) return;
    const oldest = attempt.keys.keys().next().value!;
    attempt.keys.delete(oldest);
    owners.delete(oldest);
  }

  function leave(attempt: Attempt, what: string): void {
    const queue = queues.get(what);
    queue?.delete(attempt);
    if (queue?.size === 0) queues.delete(what);
    attempt.waits.delete(what);
  }

  function wait(attempt: Attempt, what: readonly string[]): void {
    for (const former of attempt.waits) if (!what.includes(former)) leave(attempt, former);
    for (const one of what) {
      if (attempt.waits.has(one)) continue;
      attempt.waits.add(one);
      const queue = queues.get(one);
      if (queue) queue.add(attempt);
      else queues.set(one, new Set([attempt]));
    }
  }

  return {
    find: (key) => (key === undefined ? undefined : owners.get(key)),
    name,
    firstWaiting(what, fits, isOver) {
      let looked = 0;
      for (const attempt of queues.get(what) ?? []) {
        if (fits(attempt)) return attempt;
        if (isOver(attempt)) leave(attempt, what);
        else if ((looked += 1) >= MOST_LOOKED_AT) return undefined;
      }
      return undefined;
    },
    wait,
    redirect(from, to) {
      for (const key of from.keys) name(to, key);
      wait(from, []);
    },
    forget(attempt) {
      for (const key of attempt.keys) owners.delete(key);
      attempt.keys.clear();
      wait(attempt, []);
    },
  };
}
