import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import {
  type InitializeRequest,
  isInitializeRequest,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../shared/clock.js';
import type { Emit } from '../../shared/events/emitter.js';
import type { Random } from '../../shared/random.js';
import { fingerprint } from '../../shared/secret.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import type { Tool } from '../tools/tool.js';
import { registrationOf } from './call-tool.js';
import { answerOf, JSON_RPC, type McpAnswer, refuse } from './json-rpc.js';
import { clientIdOf, principalOf } from './principal.js';
import type { ServerInfo } from './server-info.js';
import { createSessionTable, type SessionTable } from './session-table.js';
import { authInfoFor } from './token-passage.js';

/** 256 bits: a session id is worth as much as a token to somebody who holds a token of the same user. */
const SESSION_ID_BYTES = 32;

/** Clients name themselves; an event needs no more of that, in characters. */
const MAX_CLIENT_NAME_LENGTH = 100;

export interface SessionsOptions {
  readonly tools: readonly Tool[];
  readonly info: ServerInfo;
  readonly maxSessions: number;
  readonly sessionIdleSeconds: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly emit: Emit;
}

/** Serves the 2025 era: `initialize`, sessions with a GET stream, and DELETE. */
export interface Sessions {
  /** @param body the parsed body; undefined for GET and DELETE */
  handle(request: Request, body: unknown, token: VerifiedToken): Promise<McpAnswer>;
  /** Ends all sessions and their streams. */
  close(): Promise<void>;
}

/**
 * Keeps a session for each client that sent `initialize`. A session belongs to the client and user of the token it
 * was opened with; with a token of somebody else it does not exist.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management MCP 2025-11-25, session management}
 */
export function createSessions(options: SessionsOptions): Sessions {
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
      return answerOf(response);
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
  const server = createServer(options);
  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    onsessionclosed: () => table.forget(id, 'the client ended it'),
  });
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: body, authInfo: authInfoFor(token) });
  if (transport.sessionId === undefined) {
    await server.close();
    return answerOf(response);
  }
  await table.add({ id, transport, principal: principalOf(token) });
  const { protocolVersion, clientInfo } = body.params;
  options.emit({
    kind: 'session.opened',
    session: fingerprint(id),
    protocol_version: SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)
      ? protocolVersion
      : LATEST_PROTOCOL_VERSION,
    client_name: clientInfo.name.slice(0, MAX_CLIENT_NAME_LENGTH),
    client_version: clientInfo.version.slice(0, MAX_CLIENT_NAME_LENGTH),
    client_id: clientIdOf(token),
  });
  return { response };
}

function createServer({ tools, info, emit }: SessionsOptions): McpServer {
  const server = new McpServer({ ...info });
  for (const tool of tools) {
    server.registerTool(...registrationOf(tool, (extra: { authInfo?: object }) => extra.authInfo, emit));
  }
  return server;
}
