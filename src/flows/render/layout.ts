import { columnsOf, fitted, splitAt, steady } from './columns.js';

/** A stretch of text that looks the same. */
export interface Span {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** Where a text goes. */
export interface Place {
  /** columns of a line */
  readonly width: number;
  /** what the first line begins with */
  readonly first: string;
  /** what the others begin with */
  readonly rest: string;
  /** how `first` looks */
  readonly paintFirst?: (text: string) => string;
  /** breaks URLs too, where no line may be longer than the others */
  readonly breakUrls?: boolean;
}

/**
 * Breaks a text at its spaces, and words that are longer than a line anywhere. Only a URL stays whole, so that it can be
 * copied.
 *
 * @param spans stretches of the text, each with its own look; between two is a space
 */
export function wrappedSpans(
  spans: readonly Span[],
  { width, first, rest, breakUrls, paintFirst = plain }: Place,
): readonly string[] {
  const lines: string[] = [];
  let done = '';
  let open: Span = { text: '' };
  let used = columnsOf(first);
  let isEmpty = true;
  const closeSpan = () => {
    done += open.text === '' ? '' : (open.paint ?? plain)(open.text);
  };
  const breakLine = () => {
    closeSpan();
    lines.push((lines.length === 0 ? paintFirst(first) : rest) + done);
    done = '';
    open = { text: '', ...(open.paint && { paint: open.paint }) };
    used = columnsOf(rest);
    isEmpty = true;
  };
  const put = (word: string, { paint }: Span) => {
    const space = isEmpty ? '' : ' ';
    if (open.paint === paint) {
      open = { ...open, text: open.text + space + word };
    } else {
      closeSpan();
      done += space;
      open = { text: word, ...(paint && { paint }) };
    }
    used += space.length + columnsOf(word);
    isEmpty = false;
  };
  for (const span of spans) {
    for (let word of steady(span.text).split(/ +/)) {
      if (!isEmpty && used + 1 + columnsOf(word) > width) breakLine();
      const mayBreak = breakUrls === true || !word.includes('://');
      while (mayBreak && used + columnsOf(word) > width && width - used >= 2) {
        const [part, left] = splitAt(word, width - used);
        put(part, span);
        breakLine();
        word = left;
      }
      put(word, span);
    }
  }
  breakLine();
  return lines;
}

function plain(text: string): string {
  return text;
}

/** As {@link wrappedSpans}, for a text of one look. */
export function wrapped(text: string, width: number, first: string, rest: string): readonly string[] {
  return wrappedSpans([{ text }], { width, first, rest });
}

/** One line, cut with … where it would pass the width. */
export function cut(text: string, width: number): string {
  return fitted(steady(text, 8000), width);
}
