import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { Emit } from '../../shared/events/emitter.js';
import type { CompiledTool } from '../tools/compile-tools.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { mountToolsOnV2 } from './mount-tools.js';
import type { ServerCapabilities, ServerInfo } from './server-info.js';
import { authInfoFor } from './token-passage.js';

/** Serves the revision 2026-07-28, in which every request stands for itself. */
export interface ModernEra {
  handle(request: Request, body: unknown, token: VerifiedToken): Promise<Response>;
  /** Ends what is under way and the open subscriptions. */
  close(): Promise<void>;
}

export interface ModernEraOptions {
  /** what `tools/list` shows */
  readonly tools: readonly CompiledTool[];
  readonly info: ServerInfo;
  readonly capabilities: ServerCapabilities;
  readonly emit: Emit;
}

/** Makes a server for each request, as the SDK wants it. */
export function createModernEra({ tools, info, capabilities, emit }: ModernEraOptions): ModernEra {
  const createServer = (): McpServer => {
    const server = new McpServer({ ...info }, { capabilities: { ...capabilities } });
    mountToolsOnV2(server, tools, emit);
    return server;
  };
  const handler = createMcpHandler(createServer, { legacy: 'reject' });
  return {
    handle: (request, body, token) =>
      handler.fetch(request, { parsedBody: body, authInfo: authInfoFor(token) }),
    close: () => handler.close(),
  };
}
