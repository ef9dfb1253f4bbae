import { checkMcpAnswers } from '../checks/mcp-answers.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import type { McpConnection } from '../mcp/connection.js';
import type { McpPeer } from '../mcp/post.js';
import type { Run } from '../runner.js';
import type { Challenged } from '../steps/challenge.js';
import { type McpVisit, type VisitEnd, visitMcpServer } from '../steps/mcp-call.js';
import { widenScope } from '../steps/step-up.js';
import type { TokenRefusal } from '../steps/token-refusal.js';
import type { FlowStepId } from '../trace/trace.js';
import { type Authorized, authorize, authorizeAgain } from './authorize.js';
import { discoverAgain } from './discover.js';

/**
 * Clients that act for themselves say so to the MCP server.
 *
 * @see {@link https://modelcontextprotocol.io/extensions/auth/oauth-client-credentials MCP extension, OAuth client credentials}
 */
const CLIENT_CREDENTIALS_EXTENSION = 'io.modelcontextprotocol/oauth-client-credentials';

/** What a visit that is repeated with another token must not forget. */
interface Attempts {
  /** how often more scope was asked for, for each request */
  readonly stepUps: Map<string, number>;
  moved: boolean;
}

/**
 * Goes to the MCP server with the token, and calls a tool. Where the token lacks scope it gets another one and repeats
 * what was refused.
 *
 * @returns with the token that it ended with
 * @throws FlowFailure if it is refused for good
 */
export async function useToken(run: Run, authorized: Authorized): Promise<Authorized> {
  const visit: McpVisit = {};
  const attempts: Attempts = { stepUps: new Map(), moved: false };
  let current = authorized;
  try {
    for (;;) {
      const end = await goOn(run, visit, () => current.token.accessToken);
      if (end.kind === 'called') return current;
      if (end.kind === 'challenged')
        throw new FlowFailure(`the request had no token any more: ${end.inWords}`);
      current =
        end.kind === 'insufficient'
          ? await stepUp(run, current, end.refusal, visit, attempts)
          : await moveOn(run, current, end.refusal, attempts);
    }
  } finally {
    await visit.connection?.close();
  }
}

/**
 * Calls a tool on a connection that was opened without a token.
 *
 * @param filed what the requests of that connection are filed under until now
 * @returns the challenge, where the server asks for a token after all
 * @throws FlowFailure if it can't be called
 */
export async function callWithoutToken(
  run: Run,
  connection: McpConnection,
  filed: Filed,
): Promise<Challenged | undefined> {
  filed.under = 'mcp-call';
  try {
    const end = await goOn(run, { connection }, () => undefined);
    return end.kind === 'challenged' ? end.challenge : undefined;
  } finally {
    await connection.close();
  }
}

function goOn(run: Run, visit: McpVisit, token: () => string | undefined): Promise<VisitEnd> {
  return run.step(
    'mcp-call',
    async (context) => {
      visit.exchanges ??= [];
      try {
        return await visitMcpServer(
          context,
          peerOf(run, { under: 'mcp-call' }, token, visit.exchanges),
          visit,
        );
      } finally {
        run.progress.revision = visit.connection?.revision ?? run.progress.revision;
        run.progress.session ||= visit.exchanges.some(({ response }) =>
          response?.headers.has('mcp-session-id'),
        );
        context.report(checkMcpAnswers(visit.exchanges.splice(0), token()));
      }
    },
    ({ inWords }) => inWords,
  );
}

/** Gets a token with the scope that is lacking. */
async function stepUp(
  run: Run,
  authorized: Authorized,
  refusal: TokenRefusal,
  visit: McpVisit,
  { stepUps }: Attempts,
): Promise<Authorized> {
  const { operation } = refusal;
  const before = stepUps.get(operation) ?? 0;
  const { scope: asked, token, discovered } = authorized;
  const scope = await run.step('step-up', (context) =>
    widenScope(context, {
      refusal,
      asked,
      granted: token.scope,
      supported: discovered.scopes.supported,
      before,
    }),
  );
  stepUps.set(operation, before + 1);
  visit.repeats = { operation, scope, times: before + 1 };
  return authorizeAgain(run, authorized, scope);
}

/** A token that was good is no longer: another authorization server may be in charge now. That is looked up once. */
async function moveOn(
  run: Run,
  authorized: Authorized,
  refusal: TokenRefusal,
  attempts: Attempts,
): Promise<Authorized> {
  if (attempts.moved) {
    throw new FlowFailure(
      `the server refuses one token after the other (${refusal.inWords}), so a client gives up here`,
    );
  }
  attempts.moved = true;
  const { discovered } = authorized;
  return authorize(run, await discoverAgain(run, discovered, refusal), discovered.server);
}

/** The step that requests belong to. It is changed where a connection outlives the step that opened it. */
export interface Filed {
  under: FlowStepId;
}

/**
 * The MCP server, as the client speaks to it: with the token, if there is one by then.
 *
 * @param filed is looked at for each request
 * @param exchanges what was exchanged is added to it
 */
export function peerOf(
  run: Run,
  filed: Filed,
  token: () => string | undefined = () => undefined,
  exchanges: HttpExchange[] = [],
): McpPeer {
  let lastId = 0;
  return {
    target: run.plan.target,
    revision: run.plan.revision,
    client: run.plan.client,
    extensions: run.plan.grant === 'client_credentials' ? [CLIENT_CREDENTIALS_EXTENSION] : [],
    get token() {
      return token();
    },
    nextId: () => (lastId += 1),
    async send(request, enough) {
      const exchange = await run.send(filed.under, request, { to: 'rs', ...(enough && { enough }) });
      exchanges.push(exchange);
      return exchange;
    },
  };
}
