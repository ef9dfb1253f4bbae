import { parseJson } from '../../shared/http/json.js';
import type { TracedExchange } from '../trace/trace.js';

/** Deeper than anything that OAuth and MCP define. What goes through values step by step needs a bound. */
export const MAX_DEPTH = 64;

/** What a text is that should be JSON. */
export type BoundedJson =
  | { readonly kind: 'json'; readonly value: TracedExchange['request']['body'] }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'too-deep' };

/** Reads JSON from a server, if it is not nested so deep that nobody can go through it. */
export function parseBounded(text: string): BoundedJson {
  if (isTooDeep(text, MAX_DEPTH)) return { kind: 'too-deep' };
  const value = parseJson(text);
  return value === undefined
    ? { kind: 'not-json' }
    : { kind: 'json', value: value as TracedExchange['request']['body'] };
}

/** Counts brackets outside of strings, character by character, before anything is built of them. */
export function isTooDeep(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}
