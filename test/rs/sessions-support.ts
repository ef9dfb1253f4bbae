import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import type { ResourceServerOptions } from '../../src/rs/index.js';
import { GOOD, INITIALIZE, LIST_TOOLS, RESOURCE, type World } from './support.js';

/** Another token; what it is good for, a test says. */
export const OTHER = 'other-token-0123456789abcdef0123456789abcdef';

/** @returns the id of the session, empty if there is none */
export async function openSession(world: World, token = GOOD): Promise<string> {
  const response = await world.post(INITIALIZE, token);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

export function listTools(world: World, session: string, token = GOOD): Promise<Response> {
  return world.post(LIST_TOOLS, token, { 'mcp-session-id': session });
}

/** A GET or DELETE. */
export function withSession(
  world: World,
  session: string | undefined,
  init: { method: string; token?: string; signal?: AbortSignal },
): Promise<Response> {
  const { method, token = GOOD, signal } = init;
  return world.rs.fetch(
    new Request(RESOURCE, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        ...(session === undefined ? {} : { 'mcp-session-id': session }),
      },
      ...(signal ? { signal } : {}),
    }),
  );
}

/** A stream as its client sees it. */
export interface Listening {
  readonly response: Response;
  /** what came until now */
  text(): string;
  isOpen(): boolean;
  /** resolves when the server has ended it */
  readonly ended: Promise<void>;
  drop(): Promise<void>;
}

/** Reads what comes. */
export function listening(response: Response): Listening {
  if (!response.body) throw new Error('no stream');
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let open = true;
  async function read(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    open = false;
  }
  return {
    response,
    text: () => text,
    isOpen: () => open,
    ended: read(),
    drop: () => reader.cancel(),
  };
}

/** Lets go by what needs no time, as the way of an event to its reader. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server whose tools may change, so that clients can listen for that. */
export const WITH_CHANGES: Partial<ResourceServerOptions> = {
  mcpServers: {
    '2026-07-28': ({ mountTools }) =>
      createMcpHandler(
        () => {
          const server = new McpServer({ name: 'changing', version: '1' });
          mountTools(server);
          return server;
        },
        { legacy: 'reject' },
      ),
  },
};

/** Asks for a stream of the era 2026-07-28. */
export const LISTEN = {
  jsonrpc: '2.0',
  id: 'all-that-changes',
  method: 'subscriptions/listen',
  params: {
    notifications: { toolsListChanged: true },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
};

export const subscribe = (world: World, token = GOOD): Promise<Response> =>
  world.post(LISTEN, token, {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'subscriptions/listen',
  });
