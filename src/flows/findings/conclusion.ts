import { expectedFindings, expectedToBreak, isFailureExpected } from './expectations.js';
import type { CheckResult, FlowDocument } from '../trace/trace.js';
import type { Finding } from '../trace/watched-facts.js';

/** From which level on a broken check makes a flow one that did not pass. */
export const FAIL_ON = ['must', 'should', 'never'] as const;
/** One of {@link FAIL_ON}. */
export type FailOn = (typeof FAIL_ON)[number];

/** What a flow means for whoever waits for its exit code. */
export type Conclusion = 'done' | 'failed' | 'notMet' | 'nothingEstablished';

/**
 * Concludes from a flow that was not interrupted. An expectation that was not met goes before a failure, and a failure
 * that was expected is none. Of a watched flow that goes on nothing is established yet.
 *
 * @param failOn which broken checks count; findings that are problems do, unless it is `never`
 */
export function conclude(document: FlowDocument, failOn: FailOn = 'must'): Conclusion {
  const asExpected = isFailureExpected(document);
  const { outcome } = document;
  if ((outcome === 'unreachable' || outcome === 'under-way') && !asExpected) return 'nothingEstablished';
  if (unmetExpectations(document).length > 0) return 'notMet';
  if (outcome === 'failed' && !asExpected) return 'failed';
  const isBroken = brokenChecks(document, failOn).length > 0 || problems(document, failOn).length > 0;
  return isBroken ? 'notMet' : 'done';
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
  if (!hasArrived(document)) return [];
  const expected = expectedToBreak(document);
  return document.checks.filter(
    ({ id, level, status }) =>
      (status === 'fail' || status === 'warn') && LEVELS[failOn].includes(level) && !expected.has(id),
  );
}

/**
 * The findings that count: the problems of a watched flow that completed, which nobody said would be there. Where the flow
 * failed, that is what counts.
 */
export function problems(document: FlowDocument, failOn: FailOn = 'must'): readonly Finding[] {
  if (failOn === 'never' || !hasArrived(document)) return [];
  const expected = expectedFindings(document);
  const findings = document.watched?.findings ?? [];
  return findings.filter(({ id, severity }) => severity === 'problem' && !expected.has(id));
}

function hasArrived({ outcome }: FlowDocument): boolean {
  return outcome === 'completed' || outcome === 'stopped';
}
