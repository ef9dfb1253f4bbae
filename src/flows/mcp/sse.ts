/** Reads a stream of the media type `text/event-stream` piece by piece. */
export interface EventReader {
  /** @returns the data of the events that are complete with this piece */
  read(piece: string): readonly string[];
}

/**
 * Starts at the beginning of a stream. Comments, ids and names of events are left out: nothing here needs them. Each
 * character is looked at once, however small the pieces are.
 */
export function createEventReader(): EventReader {
  /** what has come of a line that is not complete */
  let line: string[] = [];
  let data: string[] = [];
  let afterReturn = false;

  function endLine(complete: string[]): void {
    const text = line.join('');
    line = [];
    if (text.startsWith('data:')) data.push(text.slice('data:'.length).replace(/^ /, ''));
    if (text !== '' || data.length === 0) return;
    const event = data.join('\n');
    data = [];
    if (event !== '') complete.push(event);
  }

  return {
    read(piece) {
      const complete: string[] = [];
      const [first = '', ...rest] = piece.split(/\r\n|\n|\r/);
      // A line end may have come in two pieces.
      const continued = afterReturn && first === '' && piece.startsWith('\n');
      if (!continued) line.push(first);
      for (const [index, part] of rest.entries()) {
        if (!(continued && index === 0)) endLine(complete);
        line.push(part);
      }
      if (piece !== '') afterReturn = piece.endsWith('\r');
      return complete;
    },
  };
}

/** The data of the complete events in a text. */
export function eventsOf(text: string): readonly string[] {
  return createEventReader().read(text);
}
