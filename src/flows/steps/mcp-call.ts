import * as z from 'zod';
import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange.js';
import { FlowFailure } from '../failure.js';
import { connect, isConnection } from '../mcp/connect.js';
import type { McpAnswer, McpConnection } from '../mcp/connection.js';
import type { McpPeer } from '../mcp/post.js';
import { SPEC } from '../spec.js';

const tool = z.looseObject({
  name: z.string(),
  inputSchema: z.looseObject({ required: z.array(z.string()).optional() }).optional(),
  annotations: z.looseObject({ readOnlyHint: z.boolean().optional() }).optional(),
});
type Tool = z.infer<typeof tool>;

const toolList = z.object({ tools: z.array(tool), nextCursor: z.string().optional() });

/** So many pages of tools are read at most. */
const MAX_PAGES = 10;

/**
 * Connects with the token, and says which revision is spoken.
 *
 * @throws FlowFailure if the server refuses the token or can't be spoken to
 */
export async function connectWithToken(context: StepContext, peer: McpPeer): Promise<McpConnection> {
  const connected = await connect(peer);
  if (!isConnection(connected)) throw unanswered(context, connected);
  return connected;
}

/**
 * Lists the tools and calls one.
 *
 * @param withToken whether the connection sends one
 * @returns in words what was called
 * @throws FlowFailure if the list or the call fails
 */
export async function callTool(
  context: StepContext,
  connection: McpConnection,
  withToken: boolean,
): Promise<string> {
  context.decide(`Speaks MCP ${connection.revision}`, connection.because, SPEC.versionNegotiation);
  const tools = await listTools(context, connection);
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
  const { name, because } = chooseTool(tools, context.plan.call);
  if (name === undefined) {
    context.decide('Calls no tool', because, SPEC.tools);
    return `${tools.length} tools listed, none called: ${because}`;
  }
  context.decide(`Calls the tool ${name}, without arguments`, because, SPEC.tools);
  const answer = await connection.request('tools/call', { name, arguments: {} });
  if (answer.kind !== 'result') throw unanswered(context, answer);
  if (answer.result['isError'] === true) return `${name} was called, and answered that it could not do it`;
  if (answer.result['resultType'] === 'input_required') {
    return `${name} was called, and asks its user for more input`;
  }
  return `${name} was called`;
}

async function listTools(context: StepContext, connection: McpConnection): Promise<readonly Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await connection.request('tools/list', cursor === undefined ? {} : { cursor });
    if (answer.kind !== 'result') throw unanswered(context, answer);
    const parsed = toolList.safeParse(answer.result);
    if (!parsed.success) {
      context.report([checked('rs.tools-listed', false, 'the result has no list of tools')]);
      throw new FlowFailure('tools/list was answered with something that is not a list of tools');
    }
    tools.push(...parsed.data.tools);
    cursor = parsed.data.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
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

/** What stopped an MCP request, as a failure of the flow. */
function unanswered(context: StepContext, answer: Exclude<McpAnswer, { kind: 'result' }>): FlowFailure {
  if (answer.kind === 'failed') return new FlowFailure(answer.reason);
  const why = refusalInWords(answer.exchange);
  const sentToken = answer.exchange.request.headers['authorization'] !== undefined;
  if (!sentToken) {
    return new FlowFailure(
      `the server asks for a token only now, after requests without one were answered (${why})`,
    );
  }
  context.report([checked('rs.token-accepted', false, why)]);
  return new FlowFailure(
    `the server refuses the token that its own authorization server just issued: ${why}`,
  );
}

function refusalInWords({ response }: HttpExchange): string {
  const challenges = parseChallenges(response?.headers.get('www-authenticate') ?? '');
  const { error, error_description: description } =
    challenges?.find(({ scheme }) => scheme === 'bearer')?.parameters ?? {};
  return [String(response?.status), error, description && `(${description})`].filter(Boolean).join(' ');
}
