import type { EventSink } from './events.js';

/** A sink that hands each event to several. */
export function toAll(...sinks: readonly EventSink[]): EventSink {
  return (event) => sinks.forEach((sink) => sink(event));
}
