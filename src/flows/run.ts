import { ConfigurationError } from '../shared/configuration-error.js';
import type { FlowDeps } from './context.js';
import { cleanUp } from './course/clean-up.js';
import { goThrough } from './course/course.js';
import { createFlowCollector } from './trace/collect.js';
import { tellingAsItGoes } from './trace/event-queue.js';
import type { FlowEnd, FlowEvent } from './trace/events.js';
import { holdAgainst } from './findings/expectations.js';
import { extraHeaders } from './exchange/extra-headers.js';
import { FlowFailure, FlowStopped } from './failure.js';
import { type FlowPlanOptions, parseFlowPlan } from './plan.js';
import { createRun, type Run } from './runner.js';
import { FLOW_STEPS } from './trace/trace.js';
import { createTracer } from './trace/tracer.js';
import { askForEvidence, type EvidenceAnswer, tellRoute } from './findings/verdict.js';

/**
 * Goes through the authorization flow of an MCP server as a client that keeps to MCP 2026-07-28, and tells each thing
 * that it does. It begins with `flow-started` and ends with exactly one `flow-ended`.
 *
 * @param options what to do; validated first
 * @param deps network, time, randomness, and who signs in
 * @throws ConfigurationError at the first `next()` if the plan is not valid
 */
export function inspectFlow(options: FlowPlanOptions, deps: FlowDeps): AsyncGenerator<FlowEvent> {
  return tellingAsItGoes<FlowEvent>(async (tell) => {
    const plan = parseFlowPlan(options);
    const needsStore = plan.remember ? 'remember' : plan.forget ? 'forget' : undefined;
    if (needsStore !== undefined && !deps.credentials) {
      throw new ConfigurationError(needsStore, 'needs somewhere to keep credentials');
    }
    const collector = createFlowCollector();
    const secretHeaders = new Set(extraHeaders(plan.header).keys());
    const tracer = createTracer({ ...deps, secretHeaders }, (event) => {
      collector.add(event);
      tell(event);
    });
    const run = createRun(plan, deps, tracer);
    tracer.flowStarted(run.plan.target, deps.network);
    let failure: FlowFailure | FlowStopped | undefined;
    let isProtected = true;
    try {
      isProtected = await goThrough(run);
    } catch (error) {
      if (!(error instanceof FlowFailure || error instanceof FlowStopped)) throw error;
      failure = error;
    } finally {
      await run.progress.userAgent?.close();
    }
    skipTheRest(run, whySkipped(failure));
    // The record is asked for first: with the registration it goes away.
    const evidence = await evidenceOf(run);
    await cleanUp(run);
    const end = endOf(run, failure, isProtected, evidence);
    const expectations = holdAgainst({ ...collector.document(), ...end }, run.plan.expect);
    tracer.flowEnded({ ...end, expectations });
  });
}

function whySkipped(failure: FlowFailure | FlowStopped | undefined): string {
  if (failure instanceof FlowStopped) return failure.message;
  return failure ? 'the flow ended before them' : 'the server asks for no authorization';
}

function skipTheRest(run: Run, reason: string): void {
  for (const id of FLOW_STEPS) if (!run.progress.ended.has(id)) run.skip(id, reason);
}

/** What the authorization server says of the client, if it can still be asked. */
async function evidenceOf({ progress: { server, client }, deps, send }: Run): Promise<EvidenceAnswer> {
  const notAsked = (why: string): EvidenceAnswer => ({ kind: 'not-told', why });
  if (!server || !client || deps.signal.aborted) {
    return notAsked('the flow ended before the authorization server could be asked');
  }
  try {
    return await askForEvidence(server, client.clientId, (request) => send('registration', request));
  } catch (error) {
    if (!(error instanceof FlowStopped)) throw error;
    return notAsked('its user did not want the authorization server to be asked');
  }
}

function endOf(
  { progress }: Run,
  ending: FlowFailure | FlowStopped | undefined,
  isProtected: boolean,
  evidence: EvidenceAnswer,
): Omit<FlowEnd, 'milliseconds' | 'expectations'> {
  const failure = ending instanceof FlowFailure ? ending : undefined;
  const { server, client } = progress;
  return {
    outcome:
      ending instanceof FlowStopped
        ? 'stopped'
        : (failure?.outcome ?? (isProtected ? 'completed' : 'not-protected')),
    reason: ending?.message ?? null,
    revision: progress.revision,
    registration: tellRoute(
      {
        ...progress,
        server,
        client,
        precedence: progress.precedence,
        isProtected,
        clientRefused: failure?.clientRefused ?? false,
      },
      evidence,
    ),
  };
}
