import type { Clock } from '../clock.js';
import type { EmittedEvent, EventLevel, EventSink, ServerEvent } from './events.js';

/** Adds what every event carries, and hands it on. */
export type Emit = (event: ServerEvent, level?: EventLevel) => void;

/** The function through which one server tells what happens. */
export function createEmitter(server: 'as' | 'rs', clock: Clock, sink: EventSink): Emit {
  return (event, level = 'info') => sink({ at: clock.now(), server, level, ...event } as EmittedEvent);
}
