import type { CredentialStore } from '../shared/oauth/kept-credentials.js';
import type { Random } from '../shared/random.js';
import type { BeforeSending, Enough, ExchangePorts, HttpExchange, HttpRequest } from './exchange/exchange.js';
import type { HostDocument } from './registration/hosted-document.js';
import type { FlowPlan } from './plan.js';
import type { RevisionRules } from './specification/revisions.js';
import type { SpecReference } from './specification/spec.js';
import type {
  FlowStepId,
  CheckResult,
  FrontChannelMessage,
  IdentifierKind,
  TracedExchange,
} from './trace/trace.js';
import type { OpenUserAgent } from './user-agent/user-agent.js';

/** What a flow needs of the world. */
export interface FlowDeps extends ExchangePorts {
  readonly random: Random;
  /** Decides who signs in, once the authorization server is known. */
  readonly openUserAgent: OpenUserAgent;
  /**
   * Is asked before each request (`--step`); without it all are sent. The flow ends where it wants to stop: what has to be
   * cleaned up then still is, unasked.
   */
  readonly beforeRequest?: (asking: RequestInHand) => Promise<BeforeSending | { readonly do: 'stop' }>;
  /** what `fetch` does beside fetching; if left out it is direct, and certificates are verified */
  readonly network?: {
    /** URLs without passwords */
    readonly proxies: readonly string[];
    readonly tlsVerified: boolean;
  };
  /** puts up a metadata document on this machine; needed by a plan that serves one */
  readonly hostDocument?: HostDocument;
  /** where credentials are kept between two runs; needed by a plan that remembers or forgets */
  readonly credentials?: CredentialStore;
}

/** A request that is about to be sent. */
export interface RequestInHand {
  readonly step: FlowStepId;
  readonly from: TracedExchange['from'];
  readonly to: TracedExchange['to'];
  /** with its secrets */
  readonly request: HttpRequest;
  /** without them, fit to be shown */
  readonly shown: TracedExchange['request'];
}

/** How a request is sent, where it is not as usual in its step. */
export interface SendOptions {
  /** `client` if left out */
  readonly from?: TracedExchange['from'];
  /** the party that the step speaks to if left out */
  readonly to?: TracedExchange['to'];
  readonly enough?: Enough;
}

/** What a step has at hand: the plan, the network, and the ways to tell what it does. */
export interface StepContext {
  readonly plan: FlowPlan;
  readonly deps: FlowDeps;
  /** what the revision says by which the flow goes at the moment */
  readonly rules: RevisionRules;
  send(request: HttpRequest, options?: SendOptions): Promise<HttpExchange>;
  /** Tells what was decided, why, and by which rule; neither text ends with a period, which a URL would swallow. */
  decide(what: string, because: string, spec: SpecReference): void;
  /** Tells what requirements the step has settled. */
  report(results: readonly StepCheck[]): void;
  /** Tells of a string that has to be the same wherever its kind occurs. `where` is in words, without an article. */
  identify(kind: IdentifierKind, value: string, where: string): void;
  /** Tells what went by way of the browser. */
  frontChannel(kind: FrontChannelMessage['kind'], url: string): void;
}

/** A result that does not know its step and place yet. */
export type StepCheck = Omit<CheckResult, 'step' | 'sequence'>;
