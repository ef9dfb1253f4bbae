import type { SpecReference } from '../../specification/spec.js';
import type { Finding, Responsible } from '../../trace/watched-facts.js';
import type { FlowHistory, FlowSoFar } from '../flow-so-far.js';
import { type SeenFlow, seenIn } from '../seen-flow.js';
import type { WatchedFlow } from '../watched-flow.js';

/** A flow of which the client and the route have been told. */
export type JudgedFlow = FlowSoFar & Pick<WatchedFlow, 'client' | 'route'>;

/** A flow, laid out, with what came before it. */
export interface FindingContext {
  readonly flow: JudgedFlow;
  readonly seen: SeenFlow;
  /** the name of the program that the client probably is */
  readonly program: string | undefined;
  /** whether nothing more is expected of it */
  readonly ended: boolean;
  /** earlier flows of the same program, the oldest first; laid out when they are asked for */
  earlier(): readonly EarlierFlow[];
}

/** A flow that came before. */
export interface EarlierFlow {
  readonly flow: FlowSoFar;
  readonly seen: SeenFlow;
}

/** What a rule found. */
export interface Found {
  readonly what: string;
  /** one sentence each; more than a few are cut */
  readonly evidence: readonly string[];
  readonly who: Responsible;
  readonly change: string;
  /** where it is not that of the rule */
  readonly severity?: Finding['severity'];
}

/** One thing that is looked for in each flow. */
export interface FindingRule {
  /** stable, as in `dead-client-id` */
  readonly id: string;
  readonly severity: Finding['severity'];
  readonly spec: SpecReference | null;
  readonly look: (context: FindingContext) => Found | undefined;
}

/** Lays out what the rules look at. */
export function findingContext(flow: JudgedFlow, { ofProgram }: FlowHistory): FindingContext {
  let earlier: readonly EarlierFlow[] | undefined;
  return {
    flow,
    seen: seenIn(flow),
    program: flow.client?.name,
    ended: flow.outcome !== undefined,
    earlier: () => (earlier ??= ofProgram.map((one) => ({ flow: one, seen: seenIn(one) }))),
  };
}

/** What the client is called in a sentence that begins with it. */
export function clientInWords({ program }: FindingContext): string {
  return program === undefined ? 'the client' : `the client (it looks like ${program})`;
}
