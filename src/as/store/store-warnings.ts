import type { Clock } from '../../shared/clock.js';
import { createEmitter } from '../../shared/events/emitter.js';
import type { EventSink } from '../../shared/events/events.js';
import type { OpenedStore } from './open-store.js';

/** Tells, once at the start, what the operator should know before relying on a store. */
export function tellStoreWarnings({ warnings }: OpenedStore, clock: Clock, onEvent: EventSink): void {
  const emit = createEmitter('as', clock, onEvent);
  for (const message of warnings) emit({ kind: 'store.at_risk', message }, 'warning');
}
