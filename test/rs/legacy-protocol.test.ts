import { describe, expect } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { defineTool, type ResourceServerOptions } from '../../src/rs/index.js';
import { verifies } from '../verifies.js';
import { type Listening, listening, settle } from './sessions-support.js';
import { createWorld, GOOD, INITIALIZE } from './support.js';

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What has come of an answer, in the order in which it came. */
const messagesOf = (stream: Listening): readonly Message[] =>
  (stream.text().startsWith('{') ? [stream.text()] : eventsOf(stream.text())).map(
    (text) => JSON.parse(text) as Message,
  );

/** A session, what its initialize was answered, and what sends a message in it. */
async function open(options: Partial<ResourceServerOptions> = {}, protocolVersion = '2025-11-25') {
  const world = createWorld(options);
  const params = { ...INITIALIZE.params, protocolVersion };
  const response = await world.post({ ...INITIALIZE, params });
  const stream = listening(response);
  await stream.ended;
  const headers = { 'mcp-session-id': response.headers.get('mcp-session-id')! };
  const send = (message: object, more: Readonly<Record<string, string>> = {}) =>
    world.post({ jsonrpc: '2.0', ...message }, GOOD, { ...headers, ...more });
  return {
    world,
    initialized: messagesOf(stream),
    send,
    /** sends a request, and waits for all that comes of it */
    async ask(message: object): Promise<readonly Message[]> {
      const answer = listening(await send({ id: 5, ...message }));
      await answer.ended;
      return messagesOf(answer);
    },
  };
}

const talkative = defineTool({
  name: 'talk',
  description: 'Talks.',
  async handler(_input, { progress, log }) {
    await progress(1, 2);
    await progress(1, 2);
    await progress(2, 2);
    await log('error', 'said');
    return { content: [] };
  },
});

describe('initialize', () => {
  verifies(
    [
      'rs.protocol2025-lifecycle-initialize',
      'rs.protocol2025-lifecycle-no-requests',
      'rs.protocol2025-tools-capability',
      'rs.protocol2025-messages-json-rpc',
    ],
    'is answered with version, capabilities and name, and with no request',
    async () => {
      const { initialized } = await open();
      expect(initialized).toMatchObject([
        {
          jsonrpc: '2.0',
          id: 1,
          result: {
            protocolVersion: '2025-11-25',
            capabilities: { tools: { listChanged: false } },
            serverInfo: { name: 'mcp-oauth-demo', version: expect.any(String) },
          },
        },
      ]);
    },
  );

  verifies.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2026-07-28', '2025-11-25'],
    ['2099-01-01', '2025-11-25'],
    ['nonsense', '2025-11-25'],
  ])(
    ['rs.protocol2025-version-same', 'rs.protocol2025-version-other', 'rs.protocol2025-version-latest'],
    'for the version %s is answered with %s',
    async (asked, given) => {
      const { initialized } = await open({}, asked);
      expect(initialized[0]?.result).toMatchObject({ protocolVersion: given });
    },
  );

  verifies(
    ['rs.protocol2025-operation-capabilities', 'rs.protocol2025-logging-capability'],
    'declares logging where tools may log, and nothing that is not there: that is refused',
    async () => {
      const [own, plain] = [await open({ tools: [talkative] }), await open()];
      expect(own.initialized[0]?.result?.['capabilities']).toEqual({
        tools: { listChanged: false },
        logging: {},
      });
      expect(plain.initialized[0]?.result?.['capabilities']).toEqual({ tools: { listChanged: false } });
      for (const method of ['logging/setLevel', 'prompts/list', 'resources/list', 'completion/complete']) {
        const [answer] = await plain.ask({ method, params: { level: 'info' } });
        expect(answer?.error?.code).toBe(-32601);
      }
    },
  );
});

describe('in a session', () => {
  verifies(['rs.protocol2025-ping'], 'ping is answered with nothing', async () => {
    const { ask } = await open();
    expect(await ask({ method: 'ping' })).toEqual([{ jsonrpc: '2.0', id: 5, result: {} }]);
  });

  verifies.each<[string, object]>([
    ['a method that there is not', { method: 'tools/paint' }],
    ['parameters that do not fit', { method: 'tools/call', params: { name: 7 } }],
  ])(
    ['rs.protocol2025-responses-id', 'rs.protocol2025-responses-error'],
    'an error for %s has the id of the request, an integer for a code and a message',
    async (_what, message) => {
      const { ask } = await open();
      for (const id of ['text', 0, 12]) {
        const [answer, ...more] = await ask({ ...message, id });
        expect(answer).toMatchObject({ jsonrpc: '2.0', id, error: { message: expect.stringMatching(/\w/) } });
        expect(answer?.error?.code).toSatisfy(Number.isInteger);
        expect(more).toEqual([]);
      }
    },
  );

  verifies(
    ['rs.protocol2025-responses-error', 'rs.protocol2025-messages-json-rpc'],
    'what is no JSON-RPC is answered with an error without an id',
    async () => {
      const { ask } = await open();
      for (const wrong of [
        { jsonrpc: '1.0', method: 'ping' },
        { jsonrpc: '2.0', id: null, method: 'ping' },
      ]) {
        const [answer] = await ask(wrong);
        expect(answer?.error?.code).toSatisfy(Number.isInteger);
        expect(answer).not.toHaveProperty('id', null);
      }
    },
  );

  verifies(
    ['rs.protocol2025-notifications-no-response', 'rs.protocol2025-cancellation-ignored'],
    'a notification is not answered, be it a cancellation of what nobody knows, or malformed',
    async () => {
      const { send, world, ask } = await open();
      for (const message of [
        { method: 'notifications/initialized' },
        { method: 'notifications/that-there-is-not' },
        { method: 'notifications/cancelled', params: { requestId: 'never sent' } },
        { method: 'notifications/cancelled', params: { requestId: { no: 'id' } } },
        { method: 'notifications/cancelled' },
      ]) {
        const response = await send(message);
        expect(response.status).toBe(202);
        expect(await response.text()).toBe('');
      }
      expect(await ask({ method: 'ping' })).toMatchObject([{ result: {} }]);
      expect(world.told('server.fault')).toEqual([]);
    },
  );

  verifies(
    ['rs.protocol2025-cancellation-stop', 'rs.protocol2025-cancellation-race'],
    'a call that is cancelled is stopped and not answered; to cancel it twice or too late does no harm',
    async () => {
      const state = { begun: 0, aborted: 0 };
      const slow = defineTool({
        name: 'slow',
        description: 'Waits.',
        async handler(_input, { signal }) {
          state.begun += 1;
          await new Promise((gone) => signal.addEventListener('abort', gone, { once: true }));
          state.aborted += 1;
          return { content: [{ type: 'text', text: 'too late' }] };
        },
      });
      const { send, ask, world } = await open({ tools: [slow] });
      const call = { id: 5, method: 'tools/call', params: { name: 'slow', arguments: {} } };
      const answer = listening(await send(call));
      await expect.poll(() => state.begun).toBe(1);
      const cancel = { method: 'notifications/cancelled', params: { requestId: 5, reason: 'enough' } };
      for (const _ of [1, 2]) expect((await send(cancel)).status).toBe(202);
      await expect.poll(() => state.aborted).toBe(1);
      await settle();
      expect(messagesOf(answer).filter(({ id }) => id === 5)).toEqual([]);
      expect((await send(cancel)).status).toBe(202);
      expect(await ask({ id: 6, method: 'ping' })).toMatchObject([{ id: 6, result: {} }]);
      expect(world.told('server.fault')).toEqual([]);
      await world.rs.close();
    },
  );

  verifies(
    ['rs.protocol2025-progress-increases', 'rs.protocol2025-progress-token', 'rs.protocol2025-progress-stop'],
    'progress grows, is told with the token of the request before its response, and to nobody who gave none',
    async () => {
      const { ask } = await open({ tools: [talkative] });
      const call = (_meta: object) => ({
        method: 'tools/call',
        params: { name: 'talk', arguments: {}, _meta },
      });
      const told = await ask(call({ progressToken: 'mine' }));
      const isProgress = ({ method }: Message) => method === 'notifications/progress';
      expect(told.filter(isProgress)).toMatchObject([
        { params: { progressToken: 'mine', progress: 1 } },
        { params: { progressToken: 'mine', progress: 2 } },
      ]);
      expect(told.at(-1)).toMatchObject({ id: 5, result: { content: [] } });
      expect((await ask(call({}))).filter(isProgress)).toEqual([]);
    },
  );
});
