import type { StepContext } from '../context.js';
import type { McpConnection } from '../mcp/connection.js';
import type { McpPeer } from '../mcp/post.js';
import type { Run } from '../runner.js';
import { callTool, connectWithToken } from '../steps/mcp-call.js';
import type { TokenFacts } from '../steps/token-request.js';

/**
 * Goes to the MCP server with the token, and calls a tool.
 *
 * @throws FlowFailure if it is refused
 */
export async function useToken(run: Run, { accessToken }: TokenFacts): Promise<void> {
  await run.step(
    'mcp-call',
    async (context) => {
      const connection = await connectWithToken(context, peerOf(run, context, accessToken));
      run.progress.revision = connection.revision;
      return call(context, connection, true);
    },
    (called) => called,
  );
}

/** Calls a tool on a connection that is open already. */
export async function callOn(run: Run, connection: McpConnection, withToken: boolean): Promise<void> {
  await run.step(
    'mcp-call',
    (context) => call(context, connection, withToken),
    (called) => called,
  );
}

async function call(context: StepContext, connection: McpConnection, withToken: boolean): Promise<string> {
  try {
    return await callTool(context, connection, withToken);
  } finally {
    await connection.close();
  }
}

/** The MCP server, as the client speaks to it: with the token, if there is one by then. */
export function peerOf(run: Run, context: StepContext, token?: string): McpPeer {
  let lastId = 0;
  return {
    target: run.plan.target,
    client: run.plan.client,
    token,
    nextId: () => (lastId += 1),
    send: (request, enough) => context.send(request, { to: 'rs', ...(enough && { enough }) }),
  };
}
