import * as z from 'zod';
import { checked, memberEvidence } from '../checks/checked.js';
import { checkScopeSufficed } from '../checks/step-up.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { connect, isConnection } from '../mcp/connect.js';
import type { McpConnection } from '../mcp/connection.js';
import type { McpPeer } from '../mcp/post.js';
import { SPEC } from '../specification/spec.js';
import { type Unanswered, whyUnanswered } from './unanswered.js';

const tool = z.looseObject({
  name: z.string(),
  inputSchema: z.looseObject({ required: z.array(z.string()).optional() }).optional(),
  annotations: z.looseObject({ readOnlyHint: z.boolean().optional() }).optional(),
});
type Tool = z.infer<typeof tool>;

const toolList = z.object({ tools: z.array(tool), nextCursor: z.string().optional() });

/** So many pages of tools are read at most. */
const MAX_PAGES = 10;

/** How far the client has come at the MCP server. What was refused is repeated from there, with another token. */
export interface McpVisit {
  connection?: McpConnection;
  tools?: readonly Tool[];
  /** what was exchanged since the checks last looked at it; the connection goes on adding to it */
  exchanges?: HttpExchange[];
  /** the request that is repeated, with the scope that it needs and how often that was asked for */
  repeats?: { readonly operation: string; readonly scope: string; readonly times: number };
}

/** What came of a visit: it went to its end, or a request needs another token. */
export type VisitEnd = { readonly kind: 'called'; readonly inWords: string } | Unanswered;

/** A result, or the end of the visit. */
type Answered<T> = { readonly kind: 'answered'; readonly value: T } | Unanswered;

/**
 * Connects if that has not been done, lists the tools and calls one.
 *
 * @param visit how far it came before; it is written on
 * @throws FlowFailure if the server can't be spoken to, or refuses the token in a way that no other token would mend
 */
export async function visitMcpServer(
  context: StepContext,
  peer: McpPeer,
  visit: McpVisit,
): Promise<VisitEnd> {
  const { connection } = visit;
  if (!connection) {
    const connected = await connect(peer);
    if (!isConnection(connected)) return whyUnanswered(context, connected, visit.connection);
    visit.connection = connected;
    if (visit.repeats) reportRepeated(context, visit, visit.repeats.operation);
    return visitMcpServer(context, peer, visit);
  }
  if (!visit.tools) {
    if (!visit.repeats) {
      context.decide(`Speaks MCP ${connection.revision}`, connection.because, SPEC.versionNegotiation);
    }
    const listed = await listTools(context, connection, visit);
    if (listed.kind !== 'answered') return listed;
    visit.tools = listed.value;
    reportListed(context, listed.value, peer.token !== undefined);
  }
  return callOne(context, connection, visit, visit.tools);
}

function reportListed(context: StepContext, tools: readonly Tool[], withToken: boolean): void {
  context.report([
    checked(
      'rs.token-accepted',
      withToken ? true : undefined,
      withToken ? 'tools/list was answered' : 'no token',
    ),
    checked(
      'rs.tools-listed',
      true,
      tools.length === 0 ? 'no tools' : tools.map(({ name }) => name).join(', '),
    ),
  ]);
}

async function callOne(
  context: StepContext,
  connection: McpConnection,
  visit: McpVisit,
  tools: readonly Tool[],
): Promise<VisitEnd> {
  const { name, because } = chooseTool(tools, context.plan.call);
  if (name === undefined) {
    context.decide('Calls no tool', because, SPEC.tools);
    return { kind: 'called', inWords: `${tools.length} tools listed, none called: ${because}` };
  }
  const { args } = context.plan;
  const given = args === undefined ? 'without arguments' : 'with the arguments given (--args)';
  context.decide(`Calls the tool ${name}, ${given}`, because, SPEC.tools);
  const answer = await connection.request('tools/call', { name, arguments: args ?? {} });
  if (answer.kind !== 'result') return whyUnanswered(context, answer, visit.connection);
  reportRepeated(context, visit, `tools/call ${name}`);
  const { content, resultType } = answer.result;
  context.report([
    checked(
      'rs.tool-result',
      resultType === 'input_required' ? undefined : Array.isArray(content),
      Array.isArray(content) ? `content with ${content.length} parts` : memberEvidence('content', content),
    ),
  ]);
  return { kind: 'called', inWords: `${name} was called${whatItSaid(answer.result)}` };
}

function whatItSaid(result: Readonly<Record<string, unknown>>): string {
  if (result['isError'] === true) return ', and answered that it could not do it';
  return result['resultType'] === 'input_required' ? ', and asks its user for more input' : '';
}

async function listTools(
  context: StepContext,
  connection: McpConnection,
  visit: McpVisit,
): Promise<Answered<readonly Tool[]>> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await connection.request('tools/list', cursor === undefined ? {} : { cursor });
    if (answer.kind !== 'result') return whyUnanswered(context, answer, visit.connection);
    const parsed = toolList.safeParse(answer.result);
    if (!parsed.success) {
      context.report([checked('rs.tools-listed', false, 'the result has no list of tools')]);
      throw new FlowFailure('tools/list was answered with something that is not a list of tools');
    }
    tools.push(...parsed.data.tools);
    cursor = parsed.data.nextCursor;
    if (cursor === undefined) break;
  }
  reportRepeated(context, visit, 'tools/list');
  return { kind: 'answered', value: tools };
}

/** Tells that a request which lacked scope was answered now. */
function reportRepeated(context: StepContext, visit: McpVisit, operation: string): void {
  const { repeats } = visit;
  if (repeats?.operation !== operation) return;
  context.report(checkScopeSufficed(operation, repeats.scope, repeats.times));
  delete visit.repeats;
}

/** The tool that may be called: never one that nobody asked for and that might change something. */
function chooseTool(tools: readonly Tool[], wanted: string | undefined): { name?: string; because: string } {
  if (wanted !== undefined) return { name: wanted, because: 'its user asked for it' };
  if (tools.some(({ name }) => name === 'get_time')) {
    return { name: 'get_time', because: 'it is the tool of the demo server, which only tells the time' };
  }
  const harmless = tools.find(
    ({ annotations, inputSchema }) =>
      annotations?.readOnlyHint === true && (inputSchema?.required ?? []).length === 0,
  );
  if (harmless) return { name: harmless.name, because: 'it is marked as read-only and needs no arguments' };
  return {
    because: 'none is named get_time, or marked as read-only without required arguments (--call names one)',
  };
}
