import { createStreamReader } from '../parsing/event-stream.js';

/** Reads a stream of the media type `text/event-stream` piece by piece. */
export interface EventReader {
  /** @returns the data of the events that are complete with this piece */
  read(piece: string): readonly string[];
}

/** Starts at the beginning of a stream. Ids and names of events are left out: MCP needs none of them. */
export function createEventReader(): EventReader {
  const reader = createStreamReader();
  return { read: (piece) => reader.read(piece).map(({ data }) => data) };
}

/** The data of the complete events in a text. */
export function eventsOf(text: string): readonly string[] {
  return createEventReader().read(text);
}
