import type { HttpExchange } from './exchange.js';
import type {
  CheckResult,
  FlowDecision,
  FlowOutcome,
  FlowStep,
  FlowStepId,
  RegistrationVerdict,
} from './trace.js';

/** What the flow as a whole came to. */
export interface FlowEnd {
  readonly outcome: FlowOutcome;
  readonly reason: string | null;
  readonly revision: string;
  readonly registration: RegistrationVerdict;
}

/**
 * What happens during a flow, in order. Exchanges are as they were on the wire: whoever shows one takes it through
 * `createRedactor` first.
 */
export type FlowEvent =
  | { readonly type: 'step-started'; readonly step: FlowStepId }
  | { readonly type: 'exchange'; readonly exchange: HttpExchange }
  | { readonly type: 'decision'; readonly decision: FlowDecision }
  | { readonly type: 'check'; readonly check: CheckResult }
  | { readonly type: 'step-ended'; readonly ended: FlowStep }
  | { readonly type: 'flow-ended'; readonly end: FlowEnd };
