import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { Emit } from '../../shared/events/emitter.js';
import type { Tool } from '../tools/tool.js';
import { registrationOf } from './call-tool.js';
import type { ServerInfo } from './server-info.js';

/** Serves the revision 2026-07-28, in which every request stands for itself. */
export interface ModernEra {
  handle(request: Request, body: unknown): Promise<Response>;
  /** Ends what is under way and the open subscriptions. */
  close(): Promise<void>;
}

/** @param tools what `tools/list` shows */
export function createModernEra(tools: readonly Tool[], info: ServerInfo, emit: Emit): ModernEra {
  const createServer = (): McpServer => {
    const server = new McpServer({ ...info });
    for (const tool of tools) server.registerTool(...registrationOf(tool, emit));
    return server;
  };
  const handler = createMcpHandler(createServer, { legacy: 'reject' });
  return {
    // The token was verified before; tools have no business with it, so the SDK does not get it.
    handle: (request, body) => handler.fetch(request, { parsedBody: body }),
    close: () => handler.close(),
  };
}
