import { createMcpHandler, McpServer as McpServerV2 } from '@modelcontextprotocol/server';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { describe, expect, it } from 'vitest';
import { type McpServers, type Tool, verifiedTokenOf } from '../../src/rs/index.js';
import { connectV1, connectV2 } from './clients.js';
import { createWorld, INITIALIZE, type World } from './support.js';
import { verifies } from '../verifies.js';

const INFO = { name: 'own', version: '1.0.0' };
const hello: Tool = {
  name: 'hello',
  description: 'Says hello.',
  handler: (_input, { token }) => ({ content: [{ type: 'text', text: `hello ${token.sub}` }] }),
};

/** What a prompt says who may be sure whose request it is. */
function promptFor(authInfo: object | undefined) {
  const text = `for ${verifiedTokenOf(authInfo).sub}`;
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
}

/** A server of each era with a prompt, a tool of its own, and the tools of the options. */
function ownServers(): Required<McpServers> {
  return {
    '2025': ({ mountTools }) => {
      const server = new McpServerV1(INFO);
      server.registerPrompt('whose', {}, ({ authInfo }) => promptFor(authInfo));
      server.registerTool('mine', {}, () => ({ content: [] }));
      mountTools(server);
      return server;
    },
    '2026-07-28': ({ mountTools }) =>
      createMcpHandler(() => {
        const server = new McpServerV2(INFO);
        server.registerPrompt('whose', {}, ({ http }) => promptFor(http?.authInfo));
        server.registerTool('mine', {}, () => ({ content: [] }));
        mountTools(server);
        return server;
      }),
  };
}

const bothClients = async (world: World) => [await connectV1(world), await connectV2(world)] as const;

describe('MCP servers of others', () => {
  it('serve what is more than tools, and know whose token it was', async () => {
    for (const client of await bothClients(createWorld({ mcpServers: ownServers() }))) {
      expect(client.getServerVersion()).toMatchObject(INFO);
      const { messages } = await client.getPrompt({ name: 'whose' });
      expect(messages).toMatchObject([{ content: { text: 'for demo_user' } }]);
    }
  });

  it('have the tools of the options beside their own', async () => {
    for (const client of await bothClients(createWorld({ tools: [hello], mcpServers: ownServers() }))) {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(['hello', 'mine']);
      const { content } = await client.callTool({ name: 'hello' });
      expect(content).toEqual([{ type: 'text', text: 'hello demo_user' }]);
    }
  });

  it.each(['2025', '2026-07-28'] as const)('serve in their own era only: %s', async (era) => {
    const { [era]: mine } = ownServers();
    const [v1, v2] = await bothClients(createWorld({ mcpServers: { [era]: mine } }));
    const [own, builtIn] = era === '2025' ? [v1, v2] : [v2, v1];
    expect(own.getServerVersion()?.name).toBe('own');
    expect(builtIn.getServerVersion()?.name).toBe('mcp-oauth-demo');
    expect((await builtIn.listTools()).tools.map(({ name }) => name)).toEqual(['get_time']);
  });

  it('are one for each session of 2025, closed with it', async () => {
    const open = new Set<McpServerV1>();
    const counting: McpServers = {
      '2025': () => {
        const server = new McpServerV1(INFO);
        server.server.onclose = () => open.delete(server);
        open.add(server);
        return server;
      },
    };
    const { rs, post } = createWorld({ mcpServers: counting });
    await Promise.all([post(INITIALIZE), post(INITIALIZE)]);
    expect(open.size).toBe(2);
    await rs.close();
    expect(open.size).toBe(0);
  });

  verifies(['rs.mcp-privilege-before'], 'hear of no request without a good token', async () => {
    let heard = 0;
    const listening: McpServers = {
      '2025': () => {
        heard += 1;
        return new McpServerV1(INFO);
      },
    };
    const { post } = createWorld({ mcpServers: listening });
    for (const token of ['', 'bad-token']) expect((await post(INITIALIZE, token)).status).toBe(401);
    expect(heard).toBe(0);
  });

  it('see the headers of a request without its token', async () => {
    const seen: unknown[] = [];
    const look = (headers: object | undefined) => {
      seen.push(headers);
      return { content: [] };
    };
    const looking: McpServers = {
      '2025': () => {
        const server = new McpServerV1(INFO);
        server.registerTool('look', {}, ({ requestInfo }) => look(requestInfo?.headers));
        return server;
      },
      '2026-07-28': () =>
        createMcpHandler(() => {
          const server = new McpServerV2(INFO);
          server.registerTool('look', {}, ({ http }) => look(Object.fromEntries(http?.req?.headers ?? [])));
          return server;
        }),
    };
    for (const client of await bothClients(createWorld({ mcpServers: looking }))) {
      await client.callTool({ name: 'look' });
    }
    const contentType = { 'content-type': 'application/json' };
    expect(seen).toMatchObject([contentType, contentType]);
    expect(JSON.stringify(seen).toLowerCase()).not.toMatch(/authorization|bearer|good-token/);
  });

  it('are functions, for eras that exist', () => {
    for (const wrong of [{ '2024': ownServers()['2025'] }, { '2025': {} }]) {
      expect(() => createWorld({ mcpServers: wrong as McpServers })).toThrow(/2024|must have a function/);
    }
  });
});
