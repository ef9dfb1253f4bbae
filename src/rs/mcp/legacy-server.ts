import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  type InitializeRequest,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import type { Emit } from '../../shared/events/emitter.js';
import { fingerprint } from '../../shared/secret.js';
import type { AcceptedToken, VerifiedToken } from '../verifiers/token-verifier.js';
import { toolsCapability } from './tools-capability.js';
import type { McpAnswer } from './json-rpc.js';
import type { ConnectableServer, McpServerParts } from './mcp-servers.js';
import { mountToolsOnV1 } from './mount-tools.js';
import { clientIdOf } from './principal.js';

/** Serves the revisions with `initialize`: 2025-11-25 and older. */
export interface LegacyEra {
  /** @param body the parsed body; undefined for GET and DELETE */
  handle(request: Request, body: unknown, accepted: AcceptedToken): Promise<McpAnswer>;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** The MCP server that one session talks to, or one request where there are no sessions. */
export function createLegacyServer({
  tools,
  info,
  capabilities,
  mcpServers,
  emit,
}: McpServerParts): ConnectableServer {
  const own = mcpServers['2025'];
  if (own) return own({ mountTools: (server) => mountToolsOnV1(server, tools, emit) });
  const server = new McpServer({ ...info }, { capabilities: { ...capabilities } });
  mountToolsOnV1(server, tools, emit);
  server.server.registerCapabilities(toolsCapability(tools));
  return server;
}

/** Clients name themselves; an event needs no more of that, in characters. */
const MAX_CLIENT_NAME_LENGTH = 100;

/**
 * Tells that a session was opened.
 *
 * @param id of the session
 * @param request what opened it
 */
export function tellOpened(
  emit: Emit,
  id: string,
  { params: { protocolVersion, clientInfo } }: InitializeRequest,
  token: VerifiedToken,
): void {
  emit({
    kind: 'session.opened',
    session: fingerprint(id),
    protocol_version: SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)
      ? protocolVersion
      : LATEST_PROTOCOL_VERSION,
    client_name: clientInfo.name.slice(0, MAX_CLIENT_NAME_LENGTH),
    client_version: clientInfo.version.slice(0, MAX_CLIENT_NAME_LENGTH),
    client_id: clientIdOf(token),
  });
}
