import type { Attempt } from './attempt.js';

/** So many keys of one attempt are kept; those that were not used for longest go first. */
const MOST_KEYS = 200;

/** By what attempts are found: what is theirs alone, and what they wait for. */
export interface Directory {
  /** whose it is */
  find(key: string | undefined): Attempt | undefined;
  /** makes it theirs, whoever's it was */
  name(attempt: Attempt, key: string): void;
  /** those that wait for it, the one that has waited longest first */
  waitingFor(what: string): Iterable<Attempt>;
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
    waitingFor: (what) => queues.get(what) ?? [],
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
