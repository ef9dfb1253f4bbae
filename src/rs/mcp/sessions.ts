import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { type InitializeRequest, isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../shared/clock.js';
import type { Random } from '../../shared/random.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';
import { createLegacyServer, type LegacyEra, tellOpened } from './legacy-server.js';
import type { McpServerParts } from './mcp-servers.js';
import { principalOf } from './principal.js';
import { answerOf } from './refusal.js';
import { createSessionTable, type SessionTable } from './session-table.js';
import { authInfoFor } from './token-passage.js';

/** 256 bits: a session id is worth as much as a token to somebody who holds a token of the same user. */
const SESSION_ID_BYTES = 32;

export interface SessionsOptions extends McpServerParts {
  readonly maxSessions: number;
  readonly sessionIdleSeconds: number;
  readonly clock: Clock;
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
    async handle(request, body, token) {
      const id = request.headers.get('mcp-session-id');
      if (id === null && isInitializeRequest(body)) return open(options, table, request, body, token);
      if (id === null) {
        return refuse({
          status: 400,
          code: JSON_RPC.refused,
          message: 'the Mcp-Session-Id header is missing; begin with initialize',
          reason: 'session_id_missing',
        });
      }
      const session = table.find(id, principalOf(token));
      // Not 403: whether the session exists is nobody else's business, and 404 makes clients initialize anew.
      if (!session) return sessionNotFound();
      const response = await session.transport.handleRequest(request, {
        authInfo: authInfoFor(token),
        ...withBody(body),
      });
      if (request.method === 'GET' && response.ok) table.holdOpen(session, request.signal);
      return answerOf(request, response);
    },
    close: () => table.close(),
  };
}

const sessionNotFound = (): McpAnswer =>
  refuse({
    status: 404,
    code: JSON_RPC.sessionNotFound,
    message: 'Session not found',
    reason: 'session_not_found',
  });

/** The transport reads a body that it is not given. */
function withBody(body: unknown): { parsedBody?: unknown } {
  return body === undefined ? {} : { parsedBody: body };
}

async function open(
  options: SessionsOptions,
  table: SessionTable,
  request: Request,
  body: InitializeRequest,
  token: VerifiedToken,
): Promise<McpAnswer> {
  const id = options.random.token(SESSION_ID_BYTES);
  const server = createLegacyServer(options);
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    onsessionclosed: () => table.forget(id, 'the client ended it'),
  });
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: body, authInfo: authInfoFor(token) });
  if (transport.sessionId === undefined) {
    await server.close();
    return answerOf(request, response);
  }
  await table.add({ id, transport, principal: principalOf(token) });
  tellOpened(options.emit, id, body, token);
  return { response };
}
