import { expectedToBreak, isFailureExpected } from './expectations.js';
import type { CheckResult, FlowDocument } from '../trace/trace.js';

/** From which level on a broken check makes a flow one that did not pass. */
export const FAIL_ON = ['must', 'should', 'never'] as const;
/** One of {@link FAIL_ON}. */
export type FailOn = (typeof FAIL_ON)[number];

/** What a flow means for whoever waits for its exit code. */
export type Conclusion = 'done' | 'failed' | 'notMet' | 'nothingEstablished';

/**
 * Concludes from a flow that was not interrupted. An expectation that was not met goes before a failure, and a failure
 * that was expected is none.
 *
 * @param failOn which broken checks count
 */
export function conclude(document: FlowDocument, failOn: FailOn = 'must'): Conclusion {
  const asExpected = isFailureExpected(document);
  const { outcome } = document;
  if (outcome === 'unreachable' && !asExpected) return 'nothingEstablished';
  if (unmetExpectations(document).length > 0) return 'notMet';
  if (outcome === 'failed' && !asExpected) return 'failed';
  return brokenChecks(document, failOn).length > 0 ? 'notMet' : 'done';
}

/** The expectations that were not met. */
export function unmetExpectations({ expectations }: FlowDocument): FlowDocument['expectations'] {
  return expectations.filter(({ met }) => !met);
}

const LEVELS: Readonly<Record<FailOn, readonly CheckResult['level'][]>> = {
  must: ['MUST'],
  should: ['MUST', 'SHOULD'],
  never: [],
};

/**
 * The broken checks that count: of a flow that reached the tool or the step where it was to end, and that nobody said
 * would be broken.
 */
export function brokenChecks(document: FlowDocument, failOn: FailOn = 'must'): readonly CheckResult[] {
  if (document.outcome !== 'completed' && document.outcome !== 'stopped') return [];
  const expected = expectedToBreak(document);
  return document.checks.filter(
    ({ id, level, status }) =>
      (status === 'fail' || status === 'warn') && LEVELS[failOn].includes(level) && !expected.has(id),
  );
}
