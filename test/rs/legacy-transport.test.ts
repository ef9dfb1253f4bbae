import { describe, expect } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { defineTool } from '../../src/rs/index.js';
import { verifies } from '../verifies.js';
import { listening, openSession, settle, withSession } from './sessions-support.js';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS } from './support.js';

const CALL = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'get_time', arguments: {} } };
const NOTIFICATION = { jsonrpc: '2.0', method: 'notifications/initialized' };
const RESPONSE = { jsonrpc: '2.0', id: 99, result: {} };

describe('a POST of the 2025 era', () => {
  verifies.each([
    ['initialize', INITIALIZE],
    ['tools/list', LIST_TOOLS],
    ['tools/call', CALL],
  ])(
    ['rs.http2025-sending-content-type', 'rs.http2025-sending-response', 'rs.http2025-endpoint-methods'],
    'with %s is answered by a stream, which ends with the response',
    async (method, message) => {
      const world = createWorld();
      const headers: Record<string, string> =
        method === 'initialize' ? {} : { 'mcp-session-id': await openSession(world) };
      const response = await world.post(message, GOOD, headers);
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      const stream = listening(response);
      await stream.ended;
      expect(eventsOf(stream.text()).map((event) => JSON.parse(event) as unknown)).toMatchObject([
        { jsonrpc: '2.0', id: message.id, result: expect.anything() },
      ]);
    },
  );

  verifies.each([
    ['a notification', NOTIFICATION],
    ['a response', RESPONSE],
  ])(['rs.http2025-sending-202'], 'with %s is accepted by 202 without a body', async (_what, message) => {
    const world = createWorld();
    const session = await openSession(world);
    const response = await world.post(message, GOOD, { 'mcp-session-id': session });
    expect(response.status).toBe(202);
    expect(await response.text()).toBe('');
  });

  verifies.each<[string, unknown, string | undefined, number]>([
    ['a notification without a session', NOTIFICATION, undefined, 400],
    ['a response without a session', RESPONSE, undefined, 400],
    ['a notification for a session that has ended', NOTIFICATION, 'x'.repeat(43), 404],
    ['a response for a session that has ended', RESPONSE, 'x'.repeat(43), 404],
    ['a notification that is no JSON-RPC', { ...NOTIFICATION, jsonrpc: '1.0' }, 'open', 400],
    ['a response to nothing', { jsonrpc: '2.0', result: {} }, 'open', 400],
  ])(['rs.http2025-sending-refused'], 'with %s is refused', async (_what, message, session, status) => {
    const world = createWorld();
    const id = session === 'open' ? await openSession(world) : session;
    const response = await world.post(message, GOOD, id === undefined ? {} : { 'mcp-session-id': id });
    expect(response.status).toBe(status);
  });
});

/** A server whose tool tells how far it is, waits until it is let go on, and answers. */
function createSlow() {
  const state = { begun: 0 };
  let goOn = (): void => {};
  const gate = new Promise<void>((open) => (goOn = open));
  const slow = defineTool({
    name: 'slow',
    description: 'Takes its time.',
    async handler(_input, { progress }) {
      await progress(1, 2);
      state.begun += 1;
      await gate;
      return { content: [{ type: 'text', text: 'slow' }] };
    },
  });
  return { world: createWorld({ tools: [slow] }), state, goOn };
}

const slowCall = (id: number) => ({
  ...CALL,
  id,
  params: { name: 'slow', arguments: {}, _meta: { progressToken: id } },
});

describe('the stream of a call in the 2025 era', () => {
  verifies(
    ['rs.http2025-sending-related', 'rs.http2025-sending-not-closed', 'rs.http2025-sending-response'],
    'brings what belongs to that call, stays open until its response was sent, and ends with it',
    async () => {
      const { world, state, goOn } = createSlow();
      const session = await openSession(world);
      const [one, two] = [
        listening(await world.post(slowCall(1), GOOD, { 'mcp-session-id': session })),
        listening(await world.post(slowCall(2), GOOD, { 'mcp-session-id': session })),
      ];
      await expect.poll(() => state.begun).toBe(2);
      await settle();
      expect([one.isOpen(), two.isOpen()]).toEqual([true, true]);
      goOn();
      await Promise.all([one.ended, two.ended]);
      for (const [at, stream] of [one, two].entries()) {
        expect(eventsOf(stream.text()).map((event) => JSON.parse(event) as unknown)).toMatchObject([
          { method: 'notifications/progress', params: { progressToken: at + 1 } },
          { id: at + 1, result: { content: [{ text: 'slow' }] } },
        ]);
      }
    },
  );
});

verifies(['rs.http2025-messages-utf8'], 'messages are read and written as UTF-8', async () => {
  const echo = defineTool<{ text: string }>({
    name: 'echo',
    description: 'Says it again.',
    inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    handler: ({ text }) => ({ content: [{ type: 'text', text }] }),
  });
  const world = createWorld({ tools: [echo], sessions: 'stateless' });
  const text = 'Zürich, 東京, 🕰';
  const call = { ...CALL, params: { name: 'echo', arguments: { text } } };
  const bytes = new Uint8Array(await (await world.post(call)).arrayBuffer());
  expect(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toContain(text);
});

describe('a GET of the 2025 era', () => {
  verifies(
    ['rs.http2025-endpoint-methods', 'rs.http2025-listening-get'],
    'is answered by a stream in a session, and by 405 where there are none',
    async () => {
      const world = createWorld();
      const stream = await withSession(world, await openSession(world), { method: 'GET' });
      expect(stream.status).toBe(200);
      expect(stream.headers.get('content-type')).toBe('text/event-stream');
      await world.rs.close();
      const without = await withSession(createWorld({ sessions: 'stateless' }), undefined, { method: 'GET' });
      expect(without.status).toBe(405);
    },
  );

  verifies(
    ['rs.http2025-listening-no-response', 'rs.http2025-listening-unrelated', 'rs.http2025-multiple-once'],
    'brings neither responses nor what is sent with them: each message goes over one stream',
    async () => {
      const count = defineTool({
        name: 'count',
        description: 'Counts.',
        async handler(_input, { progress, log }) {
          await progress(1, 1, 'counted');
          await log('warning', 'over');
          return { content: [] };
        },
      });
      const world = createWorld({ tools: [count] });
      const session = await openSession(world);
      const heard = listening(await withSession(world, session, { method: 'GET' }));
      const params = { name: 'count', arguments: {}, _meta: { progressToken: 'p' } };
      const call = { ...CALL, params };
      const answered = listening(await world.post(call, GOOD, { 'mcp-session-id': session }));
      await answered.ended;
      await settle();
      const all = [...eventsOf(answered.text()), ...eventsOf(heard.text())];
      expect(all.filter((event) => event.includes('notifications/progress'))).toHaveLength(1);
      expect(all.filter((event) => event.includes('notifications/message'))).toHaveLength(1);
      expect(all).toHaveLength(3);
      expect(heard.text()).not.toMatch(/"result"|"error"/);
      await world.rs.close();
    },
  );
});

describe('the header MCP-Protocol-Version', () => {
  verifies(
    ['rs.http2025-version-assumed', 'rs.http2025-sending-batch'],
    'may be missing: then a request is served as of 2025-03-26, which has batches',
    async () => {
      const world = createWorld({ sessions: 'stateless' });
      const response = await world.post([LIST_TOOLS, CALL]);
      expect(response.status).toBe(200);
      const ids = eventsOf(await response.text()).map((event) => (JSON.parse(event) as { id: unknown }).id);
      expect(ids.toSorted()).toEqual([2, 3]);
    },
  );

  verifies.each([['stateful'], ['stateless']] as const)(
    ['rs.http2025-version-invalid'],
    'is refused with 400 if it names what nobody speaks, --sessions=%s',
    async (sessions) => {
      const world = createWorld({ sessions });
      const id: Record<string, string> =
        sessions === 'stateful' ? { 'mcp-session-id': await openSession(world) } : {};
      for (const version of ['1999-01-01', 'nonsense', '']) {
        const headers = { ...id, 'mcp-protocol-version': version };
        expect((await world.post(LIST_TOOLS, GOOD, headers)).status).toBe(400);
      }
      for (const version of ['2025-03-26', '2025-06-18', '2025-11-25']) {
        const headers = { ...id, 'mcp-protocol-version': version };
        expect((await world.post(LIST_TOOLS, GOOD, headers)).status).toBe(200);
      }
    },
  );
});
