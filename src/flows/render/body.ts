import { printable } from '../../shared/printable.js';
import type { TracedExchange } from '../trace/trace.js';
import { jsonLines } from './json-lines.js';

type Body = TracedExchange['request']['body'];

/** What lies deeper tells nothing about authorization, and indents could make a small body a huge page. */
const MAX_DEPTH = 16;

/** Lines of a body, and how many characters were left out at its end. */
export interface ShownBody {
  readonly lines: readonly string[];
  readonly left: number;
}

/**
 * The lines of a body as a page shows it: JSON is laid out, other text as it is; no line has a control character.
 *
 * @param maxLength characters that are shown at most
 */
export function shownBody(body: Body, maxLength: number): ShownBody {
  const all =
    typeof body === 'string'
      ? body.split(/\r\n|\n|\r/)
      : body === null
        ? []
        : jsonLines(pruned(body, MAX_DEPTH), { width: 96, verbose: true });
  const lines: string[] = [];
  let rest = maxLength;
  let left = 0;
  for (const line of all) {
    const kept = rest > 0 ? line.slice(0, rest) : '';
    left += line.length - kept.length;
    if (rest > 0) lines.push(printable(kept, kept.length * 6));
    rest -= kept.length + 1;
  }
  return { lines, left };
}

function pruned(value: Body, depth: number): Body {
  if (value === null || typeof value !== 'object') return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.map((item) => pruned(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, pruned(inner, depth - 1)]));
}
