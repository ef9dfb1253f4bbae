import { createMcpHandler, McpServer, type ServerContext } from '@modelcontextprotocol/server';
import type { Emit } from '../../shared/events/emitter.js';
import type { Tool } from '../tools/tool.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';
import { registrationOf } from './call-tool.js';
import type { ServerInfo } from './server-info.js';
import { authInfoFor } from './token-passage.js';

/** Serves the revision 2026-07-28, in which every request stands for itself. */
export interface ModernEra {
  handle(request: Request, body: unknown, token: VerifiedToken): Promise<Response>;
  /** Ends what is under way and the open subscriptions. */
  close(): Promise<void>;
}

/** @param tools what `tools/list` shows */
export function createModernEra(tools: readonly Tool[], info: ServerInfo, emit: Emit): ModernEra {
  const createServer = (): McpServer => {
    const server = new McpServer({ ...info });
    for (const tool of tools) {
      server.registerTool(...registrationOf(tool, (extra: ServerContext) => extra.http?.authInfo, emit));
    }
    return server;
  };
  const handler = createMcpHandler(createServer, { legacy: 'reject' });
  return {
    handle: (request, body, token) =>
      handler.fetch(request, { parsedBody: body, authInfo: authInfoFor(token) }),
    close: () => handler.close(),
  };
}
