import { NEWEST_REVISION } from '../shared/oauth/revisions.js';
import type { FlowDeps, StepContext } from './context.js';
import { tellingAsItGoes } from './event-queue.js';
import type { FlowEnd, FlowEvent } from './events.js';
import { createSend, type HttpExchange, type Send } from './exchange.js';
import { FlowFailure } from './failure.js';
import type { McpConnection } from './mcp/connection.js';
import type { McpPeer } from './mcp/post.js';
import { type FlowPlan, type FlowPlanOptions, parseFlowPlan } from './plan.js';
import { requestAuthorization } from './steps/authorization.js';
import {
  type AuthorizationServerFacts,
  readAuthorizationServerMetadata,
} from './steps/authorization-server-metadata.js';
import { readCallback } from './steps/callback.js';
import { requestChallenge } from './steps/challenge.js';
import { callTool, connectWithToken } from './steps/mcp-call.js';
import { type ClientFacts, obtainClient } from './steps/registration.js';
import { readResourceMetadata } from './steps/resource-metadata.js';
import { selectScope } from './steps/scope.js';
import { redeemCode } from './steps/token.js';
import { FLOW_STEPS, type FlowStepId } from './trace.js';
import type { UserAgent } from './user-agent/user-agent.js';
import { askForEvidence, tellRoute } from './verdict.js';

/** What is known when a flow ends, however it ends. */
interface Progress {
  readonly ended: Set<FlowStepId>;
  revision: string;
  server?: AuthorizationServerFacts;
  client?: ClientFacts;
  registerCalled: boolean;
  codeRedeemed: boolean;
  userAgent?: UserAgent;
}

interface Run {
  readonly plan: FlowPlan;
  readonly deps: FlowDeps;
  readonly send: Send;
  readonly progress: Progress;
  tell(event: FlowEvent): void;
  step<T>(id: FlowStepId, work: (context: StepContext) => Promise<T> | T): Promise<T>;
}

/**
 * Goes through the authorization flow of an MCP server as a client that keeps to MCP 2026-07-28, and tells each thing
 * that it does. It ends with exactly one `flow-ended`.
 *
 * @param options what to do; validated first
 * @param deps network, time, randomness, and who signs in
 * @throws ConfigurationError at the first `next()` if the plan is not valid
 */
export function inspectFlow(options: FlowPlanOptions, deps: FlowDeps): AsyncGenerator<FlowEvent> {
  return tellingAsItGoes<FlowEvent>(async (tell) => {
    const run = createRun(parseFlowPlan(options), deps, tell);
    const { progress } = run;
    let failure: FlowFailure | undefined;
    let isProtected = true;
    try {
      isProtected = await goThrough(run);
    } catch (error) {
      if (!(error instanceof FlowFailure)) throw error;
      failure = error;
    } finally {
      await progress.userAgent?.close();
    }
    skipTheRest(run, failure ? 'the flow ended before them' : 'the server asks for no authorization');
    tell({ type: 'flow-ended', end: await endOf(run, failure, isProtected) });
  });
}

function createRun(plan: FlowPlan, deps: FlowDeps, tell: (event: FlowEvent) => void): Run {
  const progress: Progress = {
    ended: new Set(),
    revision: NEWEST_REVISION,
    registerCalled: false,
    codeRedeemed: false,
  };
  const send = createSend(deps, plan, (exchange) => {
    progress.registerCalled ||= isRegistration(exchange, progress);
    tell({ type: 'exchange', exchange });
  });
  const endStep = (id: FlowStepId, outcome: 'done' | 'failed', reason: string | null) => {
    progress.ended.add(id);
    tell({ type: 'step-ended', ended: { id, outcome, reason } });
  };
  return {
    plan,
    deps,
    send,
    progress,
    tell,
    async step(id, work) {
      tell({ type: 'step-started', step: id });
      const context: StepContext = {
        plan,
        deps,
        send: (request, enough) => send(id, request, enough),
        decide: (what, because, spec) =>
          tell({ type: 'decision', decision: { step: id, what, because, spec } }),
        report: (results) =>
          results.forEach((result) => tell({ type: 'check', check: { step: id, ...result } })),
      };
      try {
        const result = await work(context);
        endStep(id, 'done', typeof result === 'string' && id === 'mcp-call' ? result : null);
        return result;
      } catch (error) {
        endStep(id, 'failed', error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
  };
}

function isRegistration({ request, response }: HttpExchange, { server }: Progress): boolean {
  const endpoint = server?.metadata.registration_endpoint;
  return request.method === 'POST' && request.url === endpoint && response !== undefined;
}

/** @returns whether the server is protected */
async function goThrough(run: Run): Promise<boolean> {
  const { progress, deps } = run;
  const challenge = await run.step('challenge', (context) => requestChallenge(context, peerOf(run, context)));
  if (challenge.kind === 'not-protected') {
    progress.revision = challenge.connection.revision;
    for (const id of FLOW_STEPS.slice(1, -1)) skip(run, id, 'the server asks for no authorization');
    await run.step('mcp-call', (context) => call(context, challenge.connection, false));
    return false;
  }
  const facts = await run.step('resource-metadata', (context) =>
    readResourceMetadata(context, challenge.resourceMetadata),
  );
  const server = await run.step('authorization-server-metadata', (context) =>
    readAuthorizationServerMetadata(context, facts.issuer),
  );
  progress.server = server;
  const userAgent = await deps.openUserAgent(server.authorizationEndpoint);
  progress.userAgent = userAgent;
  const { resource, scopesSupported: supported } = facts;
  const { client, scope } = await run.step('registration', async (context) => {
    const wanted = selectScope(context, { challenged: challenge.scope, supported });
    const input = { server, redirectUri: userAgent.redirectUri, scope: wanted };
    return { client: await obtainClient(context, input), scope: wanted };
  });
  progress.client = client;
  const authorization = await run.step('authorization', (context) =>
    requestAuthorization(context, { server, client, resource, scope, userAgent }),
  );
  const code = await run.step('callback', (context) =>
    readCallback(context, { server, authorization, clientGiven: client.origin === 'given' }),
  );
  const token = await run.step('token', (context) =>
    redeemCode(context, { server, client, authorization, code, resource, scope }),
  );
  progress.codeRedeemed = true;
  await run.step('mcp-call', async (context) => {
    const connection = await connectWithToken(context, peerOf(run, context, token));
    progress.revision = connection.revision;
    return call(context, connection, true);
  });
  return true;
}

async function call(context: StepContext, connection: McpConnection, withToken: boolean): Promise<string> {
  try {
    return await callTool(context, connection, withToken);
  } finally {
    await connection.close();
  }
}

/** @returns the MCP server, as the client speaks to it: with the token, if there is one by then */
function peerOf(run: Run, context: StepContext, token?: string): McpPeer {
  let lastId = 0;
  return {
    target: run.plan.target,
    client: run.plan.client,
    token,
    nextId: () => (lastId += 1),
    send: context.send,
  };
}

function skip(run: Run, id: FlowStepId, reason: string): void {
  run.progress.ended.add(id);
  run.tell({ type: 'step-ended', ended: { id, outcome: 'skipped', reason } });
}

function skipTheRest(run: Run, reason: string): void {
  for (const id of FLOW_STEPS) if (!run.progress.ended.has(id)) skip(run, id, reason);
}

async function endOf(run: Run, failure: FlowFailure | undefined, isProtected: boolean): Promise<FlowEnd> {
  const { progress, deps } = run;
  const { server, client } = progress;
  const evidence =
    server && client && !deps.signal.aborted
      ? await askForEvidence(server, client.clientId, (request) => run.send('registration', request))
      : { kind: 'not-told' as const, why: 'the flow ended before the authorization server could be asked' };
  return {
    outcome: failure?.outcome ?? (isProtected ? 'completed' : 'not-protected'),
    reason: failure?.message ?? null,
    revision: progress.revision,
    registration: tellRoute(
      { ...progress, server, client, isProtected, clientRefused: failure?.clientRefused ?? false },
      evidence,
    ),
  };
}
