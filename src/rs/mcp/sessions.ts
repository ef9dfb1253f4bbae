import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { type InitializeRequest, isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Random } from '../../shared/random.js';
import type { AcceptedToken } from '../verifiers/token-verifier.js';
import { closeTelling } from './close-telling.js';
import { type McpAnswer, refuseForNow } from './json-rpc.js';
import { createLegacyServer, type LegacyEra, tellOpened } from './legacy-server.js';
import type { McpServerParts } from './mcp-servers.js';
import type { OpenStreams } from './open-streams.js';
import { holderOf } from './principal.js';
import { answerOf } from './refusal.js';
import { SESSION_ID_BYTES, sessionIdMissing, sessionNotFound } from './session-id.js';
import { createSessionTable, type SessionTable, type SessionTableOptions } from './session-table.js';
import { authInfoFor } from './token-passage.js';

export interface SessionsOptions extends McpServerParts, SessionTableOptions {
  readonly streams: OpenStreams;
  readonly random: Random;
}

/**
 * Keeps a session for each client that sent `initialize`. A session belongs to the client and user of the token it
 * was opened with; with a token of somebody else it does not exist.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management MCP 2025-11-25, session management}
 */
export function createSessions(options: SessionsOptions): LegacyEra {
  const table = createSessionTable(options);
  return {
    async handle(request, body, accepted) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) {
        return isInitializeRequest(body)
          ? open(options, table, request, body, accepted)
          : sessionIdMissing('the Mcp-Session-Id header is missing; begin with initialize');
      }
      const session = table.find(id, accepted);
      if (!session) return sessionNotFound();
      const ask = () =>
        session.transport.handleRequest(request, {
          authInfo: authInfoFor(accepted.token),
          ...withBody(body),
        });
      if (request.method !== 'GET') return answerOf(request, await ask());
      const answer = await options.streams.open(holderOf(accepted.token), request, ask);
      if (answer.stream) table.holdOpen(id, answer.stream);
      return answer;
    },
    close: () => table.close(),
  };
}

/** The transport reads a body that it is not given. */
function withBody(body: unknown): { parsedBody?: unknown } {
  return body === undefined ? {} : { parsedBody: body };
}

async function open(
  options: SessionsOptions,
  table: SessionTable,
  request: Request,
  body: InitializeRequest,
  accepted: AcceptedToken,
): Promise<McpAnswer> {
  const id = options.random.token(SESSION_ID_BYTES);
  const server = createLegacyServer(options);
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    onsessionclosed: () => table.forget(id, 'the client ended it'),
  });
  await server.connect(transport);
  const response = await transport.handleRequest(request, {
    parsedBody: body,
    authInfo: authInfoFor(accepted.token),
  });
  if (transport.sessionId === undefined) {
    await closeTelling(server, options.emit);
    return answerOf(request, response);
  }
  if (!table.add({ id, transport }, accepted)) {
    await closeTelling(server, options.emit);
    return refuseForNow(503, 'this server has as many sessions as it has places for', 'sessions_busy');
  }
  tellOpened(options.emit, id, body, accepted.token);
  return { response };
}
