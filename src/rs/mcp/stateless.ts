import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { closeTelling } from './close-telling.js';
import { type EventStream, watchEventStream } from './event-stream.js';
import { JSON_RPC, refuse } from './json-rpc.js';
import { createLegacyServer, type LegacyEra } from './legacy-server.js';
import type { McpServerParts } from './mcp-servers.js';
import { answerOf } from './refusal.js';
import { authInfoFor } from './token-passage.js';

/**
 * Serves the 2025 era without sessions: each POST stands for itself, so that it does not matter which of several
 * servers behind one address answers it. There is no session to listen to with GET or to end with DELETE.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management MCP 2025-11-25, session management}
 */
export function createStateless(options: McpServerParts): LegacyEra {
  const open = new Set<EventStream>();
  return {
    async handle(request, body, { token }) {
      if (request.method !== 'POST') return noSessions();
      const server = createLegacyServer(options);
      const transport = new WebStandardStreamableHTTPServerTransport();
      await server.connect(transport);
      const response = await transport.handleRequest(request, {
        parsedBody: body,
        authInfo: authInfoFor(token),
      });
      const stream = watchEventStream(response, request.signal);
      if (!stream) {
        await closeTelling(server, options.emit);
        return answerOf(request, response);
      }
      open.add(stream);
      stream.onEnd(() => {
        open.delete(stream);
        void closeTelling(server, options.emit);
      });
      return { response: stream.response };
    },
    async close() {
      for (const stream of open) stream.end();
    },
  };
}

function noSessions() {
  const answer = refuse({
    status: 405,
    code: JSON_RPC.refused,
    message: 'there are no sessions here: each POST stands for itself',
    reason: 'method_not_allowed',
  });
  answer.response.headers.set('allow', 'POST, OPTIONS');
  return answer;
}
