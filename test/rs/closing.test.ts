import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { expect, it } from 'vitest';
import type { ResourceServerOptions } from '../../src/rs/index.js';
import { createWorld, INITIALIZE } from './support.js';

/** A server of somebody's own that fails when it is closed. */
const mcpServers: ResourceServerOptions['mcpServers'] = {
  '2025': ({ mountTools }) => {
    const server = new McpServer({ name: 'failing', version: '1' });
    mountTools(server);
    server.server.onclose = () => {
      throw new Error('it cannot end');
    };
    return server;
  },
};

it.each<[string, Partial<ResourceServerOptions>]>([
  ['a session that makes room', { maxSessions: 1 }],
  ['a request without a session', { sessions: 'stateless' }],
])('what a server of others throws at the end of %s is told, and disturbs nobody', async (_what, options) => {
  const { post, told } = createWorld({ mcpServers, ...options });
  expect((await post(INITIALIZE)).status).toBe(200);
  const next = await post(INITIALIZE);
  expect(next.status).toBe(200);
  expect(await next.text()).toContain('failing');
  await expect
    .poll(() => told('server.fault'))
    .toContainEqual(expect.objectContaining({ message: 'it cannot end' }));
});
