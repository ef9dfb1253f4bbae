import type { Attempt } from './attempt.js';
import type { Conclusions } from './conclusions.js';
import type { Watch } from './watch.js';
import type { LinkedExchange, WatchUpdate } from './watched-flow.js';

/** Tells those who listen what happens. */
export interface Telling {
  readonly subscribe: Watch['subscribe'];
  began(attempt: Attempt): void;
  added(attempt: Attempt, added: LinkedExchange): void;
  /** what it came to, and what was found since */
  changed(attempt: Attempt): void;
  joined(attempt: Attempt, gone: string): void;
  dropped(id: string): void;
  forget(attempt: Attempt): void;
}

/** Draws no conclusions while nobody listens. */
export function createTelling(conclusions: Conclusions): Telling {
  const listeners = new Set<(update: WatchUpdate) => void>();
  const ended = new WeakSet<Attempt>();
  const found = new WeakMap<Attempt, Set<string>>();

  function tell(update: () => WatchUpdate): void {
    if (listeners.size === 0) return;
    const told = update();
    for (const listener of listeners) listener(told);
  }

  function tellFindings(attempt: Attempt): void {
    if (listeners.size === 0) return;
    const flow = conclusions.of(attempt);
    const before = found.get(attempt) ?? new Set();
    found.set(attempt, before);
    for (const finding of flow.findings) {
      if (before.has(finding.id)) continue;
      before.add(finding.id);
      tell(() => ({ type: 'finding', flow, finding }));
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    began: (attempt) => tell(() => ({ type: 'flow-began', flow: conclusions.of(attempt) })),
    added: (attempt, added) => tell(() => ({ type: 'exchange', flow: conclusions.of(attempt), added })),
    changed(attempt) {
      tellFindings(attempt);
      if (attempt.outcome === undefined || ended.has(attempt)) return;
      ended.add(attempt);
      tell(() => ({ type: 'flow-ended', flow: conclusions.of(attempt) }));
    },
    joined: (attempt, gone) => tell(() => ({ type: 'flows-joined', flow: conclusions.of(attempt), gone })),
    dropped: (id) => tell(() => ({ type: 'flow-dropped', id })),
    forget: (attempt) => void found.delete(attempt),
  };
}
