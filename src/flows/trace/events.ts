import type {
  CheckResult,
  FlowDecision,
  FlowDocument,
  FlowStep,
  FlowStepId,
  FrontChannelMessage,
  SeenIdentifier,
  TracedExchange,
} from './trace.js';

/** What is known when a flow begins. */
export type FlowStart = Pick<FlowDocument, 'generator' | 'started_at' | 'target' | 'network' | 'watched'>;

/** What the flow as a whole came to. */
export type FlowEnd = Pick<
  FlowDocument,
  'outcome' | 'reason' | 'revision' | 'registration' | 'milliseconds' | 'expectations'
>;

/** What happens during a flow, in order. It is redacted, but may hold anything that a server can write. */
export type FlowEvent =
  | { readonly type: 'flow-started'; readonly start: FlowStart }
  | { readonly type: 'step-started'; readonly step: FlowStepId }
  | { readonly type: 'exchange'; readonly exchange: TracedExchange }
  | { readonly type: 'front-channel'; readonly message: FrontChannelMessage }
  | { readonly type: 'decision'; readonly decision: FlowDecision }
  | { readonly type: 'check'; readonly check: CheckResult }
  | { readonly type: 'identifier'; readonly identifier: SeenIdentifier }
  | { readonly type: 'step-ended'; readonly ended: FlowStep }
  | { readonly type: 'flow-ended'; readonly end: FlowEnd };
