/** One event of a stream of the media type `text/event-stream`. */
export interface StreamEvent {
  /** `message` where the stream named none */
  readonly event: string;
  /** the last id that the stream named until then; undefined where it named none */
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads such a stream piece by piece. */
export interface StreamReader {
  /**
   * @returns the events that are complete with this piece
   * @throws Error once an event is larger than the limit
   */
  read(piece: string): readonly StreamEvent[];
}

/**
 * Starts at the beginning of a stream. Comments are left out. Each character is looked at once, however small the pieces
 * are.
 *
 * @param maxLength of an event, in characters; without it the caller sees to it that the stream ends somewhere
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation HTML, interpreting an event stream}
 */
export function createStreamReader(maxLength = Number.POSITIVE_INFINITY): StreamReader {
  /** what has come of a line that is not complete */
  let line: string[] = [];
  let data: string[] = [];
  let event = '';
  let id: string | undefined;
  let length = 0;
  let afterReturn = false;

  function take(text: string): void {
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    if (field === 'event') event = value;
    if (field === 'id' && !value.includes('\0')) id = value;
  }

  function endLine(complete: StreamEvent[]): void {
    const text = line.join('');
    line = [];
    if (text !== '') return take(text);
    const whole = data.join('\n');
    if (whole !== '') complete.push({ event: event || 'message', id, data: whole });
    data = [];
    event = '';
    length = 0;
  }

  return {
    read(piece) {
      const complete: StreamEvent[] = [];
      const [first = '', ...rest] = piece.split(/\r\n|\n|\r/);
      const add = (part: string) => {
        length += part.length;
        if (length > maxLength) throw new Error(`an event is larger than ${maxLength} characters`);
        line.push(part);
      };
      // A line end may have come in two pieces.
      const continued = afterReturn && first === '' && piece.startsWith('\n');
      if (!continued) add(first);
      for (const [index, part] of rest.entries()) {
        if (!(continued && index === 0)) endLine(complete);
        add(part);
      }
      if (piece !== '') afterReturn = piece.endsWith('\r');
      return complete;
    },
  };
}
