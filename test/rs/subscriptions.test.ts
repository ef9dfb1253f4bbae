import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { describe, expect } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { verifies } from '../verifies.js';
import { sendModern } from './modern-support.js';
import { type Listening, listening, settle } from './sessions-support.js';
import { createWorld, type World } from './support.js';

/** A server whose tools and prompts may change, and what says that they did. */
function createChanging() {
  const handler = createMcpHandler(
    () => {
      const capabilities = { tools: { listChanged: true }, prompts: { listChanged: true } };
      return new McpServer({ name: 'changing', version: '1' }, { capabilities });
    },
    { legacy: 'reject' },
  );
  return { world: createWorld({ mcpServers: { '2026-07-28': () => handler } }), notify: handler.notify };
}

const subscribe = async (world: World, notifications: object): Promise<Listening> =>
  listening(await sendModern(world, 'subscriptions/listen', { params: { notifications } }));

const messagesOf = (stream: Listening) =>
  eventsOf(stream.text()).map((event) => JSON.parse(event) as { method?: string; params?: object });

describe('a subscription', () => {
  verifies(
    [
      'rs.protocol-subscriptions-requested',
      'rs.protocol-subscriptions-acknowledged',
      'rs.protocol-meta-subscription',
    ],
    'begins with its acknowledgment, brings what was asked for and nothing else, and names itself in each',
    async () => {
      const { world, notify } = createChanging();
      const stream = await subscribe(world, { promptsListChanged: true });
      notify.toolsChanged();
      notify.promptsChanged();
      notify.toolsChanged();
      await expect.poll(() => messagesOf(stream).length).toBe(2);
      await settle();
      const _meta = { 'io.modelcontextprotocol/subscriptionId': 7 };
      expect(messagesOf(stream)).toMatchObject([
        {
          method: 'notifications/subscriptions/acknowledged',
          params: { notifications: { promptsListChanged: true }, _meta },
        },
        { method: 'notifications/prompts/list_changed', params: { _meta } },
      ]);
      await world.rs.close();
      await stream.ended;
    },
  );

  verifies(
    ['rs.protocol-subscriptions-graceful'],
    'that the server ends has its result at last, which names it',
    async () => {
      const { world } = createChanging();
      const stream = await subscribe(world, { toolsListChanged: true });
      await world.rs.close();
      await stream.ended;
      expect(messagesOf(stream).at(-1)).toMatchObject({
        id: 7,
        result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
      });
    },
  );
});
