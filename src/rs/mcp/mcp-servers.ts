import type { Emit } from '../../shared/events/emitter.js';
import type { CompiledTool } from '../tools/compile-tools.js';
import type { ToolRegistry, ToolRegistryOfV1 } from './mount-tools.js';
import type { ServerCapabilities, ServerInfo } from './server-info.js';
import type { AuthInfo } from './token-passage.js';

/** What the servers of both eras are made of. */
export interface McpServerParts {
  /** what `tools/list` shows */
  readonly tools: readonly CompiledTool[];
  readonly info: ServerInfo;
  readonly capabilities: ServerCapabilities;
  /** what serves in place of the servers that are built in */
  readonly mcpServers: McpServers;
  readonly emit: Emit;
}

/**
 * An MCP server of the 2025 era, such as an `McpServer` or `Server` of `@modelcontextprotocol/sdk`. It gets one
 * transport, and is closed when its session ends.
 */
export interface ConnectableServer {
  connect(transport: object): Promise<void>;
  close(): Promise<void>;
}

/** What answers requests of MCP 2026-07-28, such as what `createMcpHandler` of `@modelcontextprotocol/server` makes. */
export interface McpHandler {
  /**
   * @param request with a body that was read already
   * @param options the body, and what is known of the token; {@link verifiedTokenOf} tells more of it
   */
  readonly fetch: (
    request: Request,
    options: { readonly parsedBody: unknown; readonly authInfo: AuthInfo },
  ) => Promise<Response>;
  close(): Promise<void>;
}

/**
 * MCP servers of your own, for what is more than tools: resources, prompts, sampling, elicitation. They are made with
 * whatever copy of the SDKs you have, and stand behind the same checks as the server that is built in; in an era for
 * which there is none, that one serves.
 */
export interface McpServers {
  /**
   * Makes a server; called once for each session, without sessions once for each request.
   *
   * @param parts `mountTools` mounts the `tools` of the options on an `McpServer`
   */
  readonly '2025'?: (parts: { mountTools(server: ToolRegistryOfV1): void }) => ConnectableServer;
  /**
   * Makes a handler; called once.
   *
   * @param parts `mountTools` mounts the `tools` of the options on an `McpServer`, which a handler makes for each request
   */
  readonly '2026-07-28'?: (parts: { mountTools(server: ToolRegistry): void }) => McpHandler;
}
