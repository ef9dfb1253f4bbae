import { printable } from '../../shared/printable.js';

/**
 * Breaks a text at its spaces. A word that is longer than a line, as a URL, stays whole, so that it can be copied.
 *
 * @param width columns of the terminal
 * @param first what the first line begins with
 * @param rest what the others begin with
 */
export function wrapped(text: string, width: number, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of printable(text, 4000).split(/ +/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  lines.push(line);
  return lines;
}

/** One line, cut with … where it would pass the width. */
export function cut(text: string, width: number): string {
  const safe = printable(text, 8000);
  return safe.length > width ? `${safe.slice(0, Math.max(1, width - 1))}…` : safe;
}
