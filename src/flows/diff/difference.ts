import type { FlowOutcome, FlowStepId } from '../trace/trace.js';
import type { RegistrationRoute } from '../../shared/oauth/routes.js';

/** What two flows can differ in, in the order in which it is told. */
export const DIFF_SECTIONS = [
  'flow',
  'registration',
  'steps',
  'exchanges',
  'decisions',
  'checks',
  'identifiers',
  'metadata',
  'scopes',
  'tools',
  'findings',
] as const;
/** One of {@link DIFF_SECTIONS}. */
export type DiffSection = (typeof DIFF_SECTIONS)[number];

/** Something that is one way in the first flow and another way in the second. */
export interface Difference {
  readonly section: DiffSection;
  /** the step that it belongs to; null where it belongs to the flow */
  readonly step: FlowStepId | null;
  /** what differs, in a few words */
  readonly what: string;
  /** how it is in the first flow; null where it is not there */
  readonly a: string | null;
  /** how it is in the second flow; null where it is not there */
  readonly b: string | null;
}

/** Where two flows cease to be the same. */
export interface Parting {
  readonly step: FlowStepId;
  /** in one sentence, without a period */
  readonly what: string;
  /** what the first flow did there, and why; null if it had ended */
  readonly a: string | null;
  /** the same of the second */
  readonly b: string | null;
}

/** Which flow it is that was compared. */
export interface ComparedFlow {
  readonly target: string;
  readonly started_at: string;
  readonly outcome: FlowOutcome;
  readonly route: RegistrationRoute | null;
  /** what the watched client probably is; null where nobody watched, or nothing tells */
  readonly client: string | null;
}

/** What `inspect-flow diff --json` writes. */
export interface FlowDiff {
  readonly version: 1;
  readonly same: boolean;
  readonly a: ComparedFlow;
  readonly b: ComparedFlow;
  /** null where the two do the same all along */
  readonly parting: Parting | null;
  /** in one sentence, without a period, which of the two took POST /register; null where both did or neither */
  readonly registration: string | null;
  readonly differences: readonly Difference[];
}
