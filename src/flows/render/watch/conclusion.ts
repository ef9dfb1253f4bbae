import { conclude, type Conclusion, type FailOn } from '../../findings/conclusion.js';
import { holdAgainst } from '../../findings/expectations.js';
import { shortLine } from '../short-line.js';
import { STEP_TEXTS } from '../../trace/step-texts.js';
import type { FlowDocument } from '../../trace/trace.js';
import { documentOf } from '../../watch/document.js';
import type { WatchEvent } from '../../watching.js';

/** What a watch means for whoever waits for its exit code. */
export interface WatchConclusion {
  readonly conclusion: Conclusion | 'interrupted';
  /** for stderr; undefined where all is well */
  readonly line: string | undefined;
  /** with `once`: the flow, held against what was expected; undefined if none was seen */
  readonly document: FlowDocument | undefined;
}

/** What counts. */
export interface WatchCounts {
  readonly once: boolean;
  /** as `--expect` takes them */
  readonly expect: readonly string[];
  readonly failOn: FailOn;
  /** what the watching changed or could not see, for the document */
  readonly notes?: readonly string[];
}

/**
 * Concludes from a watch that is over. Without `once` it is meant to be ended by its user or by its time, and only one that
 * had nothing to watch went wrong.
 */
export function concludeWatch(
  { why, flow }: Extract<WatchEvent, { type: 'over' }>,
  { once, expect, failOn, notes = [] }: WatchCounts,
): WatchConclusion {
  const plain = flow && documentOf(flow, { notes });
  const document = plain && { ...plain, expectations: holdAgainst(plain, expect) };
  const such = (conclusion: WatchConclusion['conclusion'], line?: string) => ({ conclusion, line, document });
  if (why === 'nothing') return such('nothingEstablished', 'there is nothing that could be watched');
  if (!once) return such('done');
  if (why === 'interrupted') return such('interrupted', 'interrupted before a flow had ended');
  if (!document) return such('nothingEstablished', 'no flow began in the time of --wait');
  const conclusion = conclude(document, failOn);
  if (document.outcome !== 'under-way' || conclusion === 'notMet') {
    return such(conclusion, shortLine(document, false, failOn));
  }
  const isExpected = expect.includes('outcome=under-way');
  const last = document.watched?.last_step;
  const place = last ? `; its last step was ${STEP_TEXTS[last].title.toLowerCase()}` : '';
  return isExpected ? such('done') : such('failed', `the flow had not ended in the time of --wait${place}`);
}
