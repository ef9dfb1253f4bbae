import type { Random } from '../shared/random.js';
import type { Enough, ExchangePorts, HttpExchange, HttpRequest } from './exchange.js';
import type { FlowPlan } from './plan.js';
import type { SpecReference } from './spec.js';
import type { CheckResult } from './trace.js';
import type { OpenUserAgent } from './user-agent/user-agent.js';

/** What a flow needs of the world. */
export interface FlowDeps extends ExchangePorts {
  readonly random: Random;
  /** Decides who signs in, once the authorization server is known. */
  readonly openUserAgent: OpenUserAgent;
}

/** What a step has at hand: the plan, the network, and the ways to tell what it does. */
export interface StepContext {
  readonly plan: FlowPlan;
  readonly deps: FlowDeps;
  send(request: HttpRequest, enough?: Enough): Promise<HttpExchange>;
  /** Tells what was decided, why, and by which rule; neither text ends with a period, which a URL would swallow. */
  decide(what: string, because: string, spec: SpecReference): void;
  /** Tells what requirements the step has settled. */
  report(results: readonly StepCheck[]): void;
}

/** A result that does not know its step yet. */
export type StepCheck = Omit<CheckResult, 'step'>;
