import type * as z from 'zod';
import { isTooDeep, MAX_DEPTH } from '../parsing/bounded-json.js';
import { type FlowDocument, flowDocument } from './trace.js';

/** A trace has its bodies four levels down, each as deep as a run keeps it; renderers go through them level by level. */
const MAX_TRACE_DEPTH = MAX_DEPTH + 4;

/** A trace that was read from a file, or why there is none in it. */
export type SavedFlow =
  { readonly ok: true; readonly document: FlowDocument } | { readonly ok: false; readonly fault: string };

/**
 * Reads a trace that was saved, as by `inspect-flow --json`. Members that this version does not know are left out.
 *
 * @param text of the file, from whomever it came
 * @returns the trace, or in words, to follow the name of the file, what is wrong and where
 */
export function readSavedFlow(text: string): SavedFlow {
  if (isTooDeep(text, MAX_TRACE_DEPTH)) return { ok: false, fault: 'is nested too deeply' };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // Only the place: what the parser quotes of the file may be anything.
    const place = error instanceof Error ? /position \d+/.exec(error.message)?.[0] : undefined;
    return { ok: false, fault: `is not JSON${place === undefined ? '' : ` (see ${place})`}` };
  }
  const parsed = flowDocument.safeParse(value);
  return parsed.success
    ? { ok: true, document: parsed.data }
    : { ok: false, fault: faultOf(value, parsed.error.issues[0]!) };
}

function faultOf(value: unknown, issue: z.core.$ZodIssue): string {
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version !== 1) {
    return `is a trace of version ${version}; this is an inspect-flow that reads version 1`;
  }
  const place = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const where = place === '' ? '' : `: ${place.replace(/^\./, '')}`;
  return `is not a trace of inspect-flow${where}: ${issue.message}`;
}
