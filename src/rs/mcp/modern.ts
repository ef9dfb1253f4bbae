import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import type { McpHandler, McpServerParts } from './mcp-servers.js';
import { mountToolsOnV2, type ToolRegistry } from './mount-tools.js';
import { authInfoFor } from './token-passage.js';
import { toolsCapability } from './tools-capability.js';

/** Serves the revision 2026-07-28, in which every request stands for itself. */
export interface ModernEra {
  handle(request: Request, body: unknown, token: VerifiedToken): Promise<Response>;
  /** Ends what is under way and the open subscriptions. */
  close(): Promise<void>;
}

export interface ModernEraOptions extends McpServerParts {
  /** how many `subscriptions/listen` may be open */
  readonly maxStreams: number;
}

/**
 * The tools do not change while the server runs; a minute is short enough for one that is started anew with others.
 * Private, because the list is only for those who have a token.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/caching MCP, caching}
 */
const CACHE_HINT = { ttlMs: 60_000, cacheScope: 'private' } as const;

/** Serves by the handler of the options, or by one that is built in. */
export function createModernEra(parts: ModernEraOptions): ModernEra {
  const mountTools = (server: ToolRegistry): void => mountToolsOnV2(server, parts.tools, parts.emit);
  const handler = parts.mcpServers['2026-07-28']?.({ mountTools }) ?? createHandler(parts, mountTools);
  return {
    handle: (request, body, token) =>
      handler.fetch(request, { parsedBody: body, authInfo: authInfoFor(token) }),
    close: () => handler.close(),
  };
}

/** Makes a server for each request, as the SDK wants it. */
function createHandler(
  { tools, info, capabilities, maxStreams }: ModernEraOptions,
  mountTools: (server: McpServer) => void,
): McpHandler {
  const createServer = (): McpServer => {
    const server = new McpServer(
      { ...info },
      {
        capabilities: { ...capabilities, ...toolsCapability(tools) },
        cacheHints: { 'server/discover': CACHE_HINT, 'tools/list': CACHE_HINT },
      },
    );
    mountTools(server);
    return server;
  };
  return createMcpHandler(createServer, { legacy: 'reject', maxSubscriptions: maxStreams });
}
