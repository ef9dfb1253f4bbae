import { NEWEST_REVISION } from '../shared/oauth/revisions.js';
import type { FlowDeps, SendOptions, StepContext } from './context.js';
import {
  type AskBefore,
  createSend,
  type ExchangeLimits,
  type ExchangePorts,
  type HttpExchange,
  type HttpRequest,
} from './exchange/exchange.js';
import { FlowStopped } from './failure.js';
import type { FlowPlan } from './plan.js';
import { checkAt, REVISION_RULES, type RevisionRules } from './specification/revisions.js';
import { specAt } from './specification/spec-revisions.js';
import type { AuthorizationServerFacts } from './steps/authorization-server-metadata.js';
import type { ClientFacts, Registration } from './registration/client.js';
import type { HostedDocument } from './registration/hosted-document.js';
import type { Precedence } from './registration/precedence.js';
import type { FlowStepId, TracedExchange } from './trace/trace.js';
import type { Tracer } from './trace/tracer.js';
import type { UserAgent } from './user-agent/user-agent.js';

/** What is known when a flow ends, however it ends. */
export interface Progress {
  readonly ended: Set<FlowStepId>;
  revision: string;
  /** those of the newest, or of the revision that was asked for; older ones once the server turns out to be older */
  rules: RevisionRules;
  server?: AuthorizationServerFacts;
  /** the ways to a client_id, once they were considered */
  precedence?: Precedence;
  client?: ClientFacts;
  /** true if the MCP server gave out a session id */
  session?: boolean;
  /** what the client has registered in this run and nobody will use after it */
  readonly leftBehind: Registration[];
  /** what the client has put up on this machine */
  readonly hostedDocuments: HostedDocument[];
  registerCalled: boolean;
  /** as the client that the flow ends with */
  codesRedeemed: number;
  userAgent?: UserAgent;
}

/** One run of the inspector: what it is to do, what it has found out, and the frame for each step. */
export interface Run {
  readonly plan: FlowPlan;
  readonly deps: FlowDeps;
  readonly tracer: Tracer;
  readonly progress: Progress;
  /** Sends a request outside of any step; it is filed under `id`. */
  send(id: FlowStepId, request: HttpRequest, options?: SendOptions): Promise<HttpExchange>;
  /**
   * Does the work of one step between its start and its end in the trace.
   *
   * @param inShort what came out, for the line that ends the step
   * @throws what `work` throws, after the step was told to have failed
   * @throws FlowStopped before it begins, where the flow was to end with an earlier step
   */
  step<T>(
    id: FlowStepId,
    work: (context: StepContext) => Promise<T> | T,
    inShort?: (result: T) => string | null,
  ): Promise<T>;
  /** Tells that a step does not take place. */
  skip(id: FlowStepId, reason: string): void;
}

/** Whom the requests of a step go to, unless it says otherwise. */
const SPEAKS_TO: Readonly<Record<FlowStepId, TracedExchange['to']>> = {
  challenge: 'rs',
  'resource-metadata': 'rs',
  'authorization-server-metadata': 'as',
  registration: 'as',
  authorization: 'as',
  callback: 'as',
  token: 'as',
  'mcp-call': 'rs',
  'step-up': 'as',
  refresh: 'as',
  'cross-origin': 'as',
  revocation: 'as',
  'clean-up': 'as',
};

/** Prepares a run; nothing is sent yet. */
export function createRun(plan: FlowPlan, deps: FlowDeps, tracer: Tracer): Run {
  const progress: Progress = {
    ended: new Set(),
    revision: plan.revision ?? NEWEST_REVISION,
    rules: rulesOf(plan),
    leftBehind: [],
    hostedDocuments: [],
    registerCalled: false,
    codesRedeemed: 0,
  };
  const ask = askingUser(deps, tracer);
  const onExchange = (exchange: HttpExchange) => {
    progress.registerCalled ||= isRegistration(exchange, progress);
    tracer.exchange(exchange);
  };
  const sendOn = createSend(deps, plan, onExchange, ask);
  const sendLast = createSend(...untilTheEnd(deps, plan), onExchange, ask);
  const send: Run['send'] = (step, request, { from = 'client', to = SPEAKS_TO[step], enough } = {}) =>
    (step === 'clean-up' ? sendLast : sendOn)(request, { step, from, to, enough });
  return {
    plan,
    deps,
    tracer,
    progress,
    send,
    skip(id, reason) {
      progress.ended.add(id);
      tracer.stepSkipped(id, reason);
    },
    async step(id, work, inShort) {
      if (stopsBefore(id, plan.until, progress.ended)) {
        throw new FlowStopped(`it was to end after the step ${plan.until} (--until)`);
      }
      const end = tracer.stepStarted(id);
      progress.ended.add(id);
      try {
        const result = await work(contextOf(id, { plan, deps, tracer, progress, send }));
        end('done', inShort?.(result) ?? null);
        return result;
      } catch (error) {
        end('failed', error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}

/** Asks before each request, where somebody wants to be asked; after the wish to stop nobody is asked any more. */
function askingUser({ beforeRequest }: FlowDeps, tracer: Tracer): AskBefore | undefined {
  if (!beforeRequest) return undefined;
  let stopped = false;
  return async (request, { step, from, to }) => {
    if (stopped) return { do: 'send', request };
    const answer = await beforeRequest({ step, from, to, request, shown: tracer.shown(request) });
    if (answer.do !== 'stop') return answer;
    // There is nothing left to be stopped.
    if (CLEANING.has(step)) return { do: 'skip' };
    stopped = true;
    throw new FlowStopped('its user stopped it here');
  };
}

/** Steps that take back what the run has left with others: they take place wherever it stops. */
const CLEANING: ReadonlySet<FlowStepId> = new Set(['revocation', 'clean-up']);

/** At the beginning of the next step, and not at the end of the last: by now what it brought is known. */
function stopsBefore(id: FlowStepId, until: FlowStepId | undefined, ended: ReadonlySet<FlowStepId>): boolean {
  return until !== undefined && ended.has(until) && !CLEANING.has(id);
}

/** So long the clean-up may take: its user, who may have pressed Ctrl-C, waits for it. */
const LAST_SECONDS = 3;

/** Ports and limits for what is done after the flow, also after one that was interrupted. */
function untilTheEnd(deps: FlowDeps, plan: FlowPlan): [ExchangePorts, ExchangeLimits] {
  const timeoutSeconds = Math.min(plan.timeoutSeconds, LAST_SECONDS);
  return [
    { ...deps, signal: new AbortController().signal },
    { ...plan, timeoutSeconds },
  ];
}

function contextOf(
  step: FlowStepId,
  { plan, deps, tracer, progress, send }: Pick<Run, 'plan' | 'deps' | 'tracer' | 'progress' | 'send'>,
): StepContext {
  // A server that is older than what was asked for is still held against that.
  const asked = rulesOf(plan);
  return {
    plan,
    deps,
    get rules() {
      return progress.rules;
    },
    send: (request, options) => send(step, request, options),
    decide: (what, because, spec) =>
      tracer.decision({ step, what, because, spec: specAt(progress.rules.revision, spec) }),
    report: (results) =>
      results.forEach((result) =>
        tracer.check({ step, ...checkAt(asked, result), spec: specAt(asked.revision, result.spec) }),
      ),
    identify: (kind, value, where) => tracer.identifier({ step, kind, value, where }),
    frontChannel: (kind, url) => tracer.frontChannel({ step, kind, url }),
  };
}

function rulesOf({ revision = NEWEST_REVISION }: FlowPlan): RevisionRules {
  return REVISION_RULES[revision];
}

function isRegistration({ request, response }: HttpExchange, { server }: Progress): boolean {
  const endpoint = server?.metadata.registration_endpoint;
  return request.method === 'POST' && request.url === endpoint && response !== undefined;
}
