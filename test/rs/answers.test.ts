import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { Client, type ContentBlock, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, onTestFinished } from 'vitest';
import { openPort } from '../../src/cli/listen.js';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { defineTool } from '../../src/rs/index.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import type { Fetch } from '../../src/shared/http/fetch.js';
import { verifies } from '../verifies.js';
import { MODERN, modernHeaders, modernMessage, sendModern } from './modern-support.js';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS, RESOURCE, type World } from './support.js';

interface Answer {
  readonly id?: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** The last message of an answer, whether it came as JSON or in a stream that has ended. */
async function answerOf(response: Response): Promise<Answer> {
  const body = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
  return JSON.parse(isStream ? eventsOf(body).at(-1)! : body) as Answer;
}

const CALL = { params: { name: 'get_time', arguments: {} }, headers: { 'mcp-name': 'get_time' } };
const LISTEN = { params: { notifications: { toolsListChanged: true } } };
const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';

describe('an answer of 2026-07-28', () => {
  verifies.each([
    ['server/discover', {}],
    ['tools/list', {}],
    ['tools/call', CALL],
    ['subscriptions/listen', LISTEN],
  ] as const)(
    [
      'rs.http-sending-content-type',
      'rs.protocol-messages-json-rpc',
      'rs.protocol-responses-id',
      'rs.protocol-responses-result-type',
      'rs.protocol-meta-server-info',
    ],
    'to %s is JSON or a stream of events, with the id, the type of the result and the name of the server',
    async (method, options) => {
      const response = await sendModern(createWorld(), method, options);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^(application\/json|text\/event-stream)(;|$)/);
      expect(await answerOf(response)).toMatchObject({
        jsonrpc: '2.0',
        id: 7,
        result: {
          resultType: 'complete',
          _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'mcp-oauth-demo' } },
        },
      });
    },
  );

  /** What JSON-RPC defines, and what MCP does beyond it. */
  const DEFINED = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022];

  verifies.each<[string, (world: World) => Promise<Response>]>([
    ['what is no JSON', ({ post }) => post('{')],
    ['another media type', ({ post }) => post('x', GOOD, { 'content-type': 'text/plain' })],
    ['a batch', ({ post }) => post([modernMessage('tools/list')], GOOD, modernHeaders('tools/list'))],
    ['a method that there is not', (world) => sendModern(world, 'tools/paint')],
    ['a header that differs', (world) => sendModern(world, 'tools/list', { headers: { 'mcp-method': 'x' } })],
    [
      'a version left out',
      (world) => sendModern(world, 'tools/list', { meta: { [PROTOCOL_VERSION]: null } }),
    ],
    [
      'a version that nobody knows',
      (world) =>
        sendModern(world, 'tools/list', {
          meta: { [PROTOCOL_VERSION]: '2099-01-01' },
          headers: { 'mcp-protocol-version': '2099-01-01' },
        }),
    ],
    [
      'a tool that there is not',
      (world) =>
        sendModern(world, 'tools/call', {
          params: { name: 'paint', arguments: {} },
          headers: { 'mcp-name': 'paint' },
        }),
    ],
    [
      'an Accept of JSON alone',
      (world) => sendModern(world, 'tools/list', { headers: { accept: 'text/html' } }),
    ],
    [
      'a level of logging that there is not',
      (world) => sendModern(world, 'tools/list', { meta: { [LOG_LEVEL]: 'loud' } }),
    ],
    ['initialize', ({ post }) => post(INITIALIZE)],
    ['a request of an older revision', ({ post }) => post(LIST_TOOLS)],
  ])(
    [
      'rs.protocol-responses-error',
      'rs.protocol-errors-reserved',
      'rs.protocol-errors-retired',
      'rs.protocol-errors-legacy',
    ],
    'that refuses %s has an integer for a code, which the specification defines, and a message',
    async (_what, send) => {
      const { error } = await answerOf(await send(createWorld({ era: MODERN })));
      expect(DEFINED).toContain(error?.code);
      expect(error?.message).toMatch(/\w/);
    },
  );
});

describe('a message of 2026-07-28 is refused', () => {
  const RESPONSE = { jsonrpc: '2.0', id: 7, result: { resultType: 'complete' } };

  verifies.each([
    ['a response', 'both', RESPONSE],
    ['a response', MODERN, RESPONSE],
    ['two requests in one body', 'both', [modernMessage('tools/list'), modernMessage('tools/list')]],
    ['two requests in one body', MODERN, [modernMessage('tools/list'), modernMessage('tools/list')]],
    ['a text', MODERN, 'tools/list'],
  ] as const)(['rs.http-sending-single'], 'if it is %s: --era %s', async (_what, era, message) => {
    const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' };
    const response = await createWorld({ era }).post(JSON.stringify(message), GOOD, headers);
    expect(response.status).toBe(400);
    expect((await answerOf(response)).error).toBeDefined();
  });

  const { id: _id, ...NOTIFICATION } = modernMessage('notifications/cancelled', { requestId: 1 });

  verifies.each<[string, unknown, Readonly<Record<string, string>>]>([
    ['is no JSON-RPC', { ...NOTIFICATION, jsonrpc: '1.0' }, {}],
    ['is of another media type', NOTIFICATION, { 'content-type': 'text/plain' }],
    ['is too large', { ...NOTIFICATION, more: 'x'.repeat(65_536) }, {}],
  ])(
    ['rs.http-sending-refused'],
    'with an error status if it is a notification that %s',
    async (_what, message, headers) => {
      const response = await createWorld({ era: MODERN }).post(message, GOOD, {
        ...modernHeaders('notifications/cancelled'),
        ...headers,
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    },
  );
});

describe('what a request of 2026-07-28 says of its client', () => {
  verifies(['rs.protocol-meta-client-info'], 'is nothing that an answer depends on', async () => {
    const world = createWorld();
    const bodyFor = async (clientInfo: object | undefined) => {
      const meta = { 'io.modelcontextprotocol/clientInfo': clientInfo };
      return (await sendModern(world, 'tools/call', { ...CALL, meta })).text();
    };
    const bodies = [
      await bodyFor(undefined),
      await bodyFor({ name: 'mcp-oauth-demo', version: '0.0.0' }),
      await bodyFor({ name: 'Claude Code', version: '99' }),
    ];
    expect(new Set(bodies).size).toBe(1);
  });

  verifies(
    ['rs.protocol-logging-unknown-level'],
    'may not be a level of logging that there is not',
    async () => {
      const tool = defineTool({ name: 'say', description: 'Says.', handler: () => ({ content: [] }) });
      const response = await sendModern(createWorld({ tools: [tool] }), 'tools/call', {
        params: { name: 'say', arguments: {} },
        meta: { [LOG_LEVEL]: 'loud' },
        headers: { 'mcp-name': 'say' },
      });
      expect((await answerOf(response)).error?.code).toBe(-32602);
    },
  );
});

describe('the capabilities that server/discover tells', () => {
  verifies(
    ['rs.protocol-logging-capability', 'rs.protocol-tools-capability'],
    'have logging where tools may log',
    async () => {
      const tool = defineTool({ name: 'say', description: 'Says.', handler: () => ({ content: [] }) });
      const of = async (world: World) => (await answerOf(await sendModern(world, 'server/discover'))).result;
      expect((await of(createWorld({ tools: [tool] })))?.['capabilities']).toHaveProperty('logging');
      expect((await of(createWorld()))?.['capabilities']).toEqual({ tools: { listChanged: false } });
    },
  );
});

describe('a request of 2026-07-28 stands for itself', () => {
  verifies(
    ['rs.protocol-stateless-no-memory', 'rs.protocol-meta-required'],
    'and is not completed from one before it',
    async () => {
      const world = createWorld();
      expect((await sendModern(world, 'server/discover')).status).toBe(200);
      for (const name of ['protocolVersion', 'clientCapabilities']) {
        const meta = { [`io.modelcontextprotocol/${name}`]: undefined };
        const refused = await sendModern(world, 'tools/list', { meta });
        expect(refused.status).toBe(400);
        expect((await answerOf(refused)).error?.code).toBe(-32602);
      }
    },
  );

  verifies(
    ['rs.protocol-stateless-connection', 'rs.protocol-stateless-no-memory'],
    'so that servers behind one address take turns, and the client notices nothing',
    async () => {
      const worlds = [createWorld(), createWorld(), createWorld()];
      let turn = 0;
      const balancer: Fetch = (input, init) => worlds[turn++ % worlds.length]!.network(input, init);
      const client = new Client(
        { name: 'a', version: '1' },
        { versionNegotiation: { mode: { pin: MODERN } } },
      );
      const requestInit = { headers: { authorization: `Bearer ${GOOD}` } };
      await client.connect(
        new StreamableHTTPClientTransport(new URL(RESOURCE), { fetch: balancer, requestInit }),
      );
      onTestFinished(() => client.close());
      for (let call = 0; call < 3; call += 1) {
        expect((await client.callTool({ name: 'get_time', arguments: {} })).isError).toBeFalsy();
      }
      for (const { told } of worlds) {
        expect(told('mcp.request').map(({ method }) => method)).toContain('tools/call');
      }
    },
  );

  verifies(
    [
      'rs.protocol-tools-list',
      'rs.protocol-tools-order',
      'rs.protocol-tools-names',
      'rs.protocol-tools-input-schema',
    ],
    'and the list of tools is the same each time, whatever came before, with plain names and schemas of objects',
    async () => {
      const world = createWorld({ scopedTools: true });
      const list = async () => {
        const { result } = await answerOf(await sendModern(world, 'tools/list'));
        return result!['tools'] as { name: string; inputSchema: object }[];
      };
      const names = async () => (await list()).map(({ name }) => name);
      const first = await names();
      await world.post(INITIALIZE);
      await sendModern(world, 'tools/call', CALL);
      expect(first).toEqual(['get_time', 'whoami', 'set_clock']);
      expect([await names(), await names()]).toEqual([first, first]);
      for (const { name, inputSchema } of await list()) {
        expect(name).toMatch(/^[\w.-]{1,128}$/);
        expect(inputSchema).toMatchObject({ type: 'object' });
      }
    },
  );

  verifies(
    ['rs.http-earlier-session-id'],
    'where only this revision is served, and has nothing to do with sessions and resumption',
    async () => {
      const headers = { ...CALL.headers, 'mcp-session-id': 'x'.repeat(43), 'last-event-id': '3' };
      const response = await sendModern(createWorld({ era: MODERN }), 'tools/call', { ...CALL, headers });
      expect(response.status).toBe(200);
      expect(response.headers.has('mcp-session-id')).toBe(false);
    },
  );
});

verifies(['rs.http-headers-case'], 'the names of headers may be written in any case', async () => {
  const port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port' });
  port.serve(createWorld().rs);
  onTestFinished(() => port.close());
  const headers = {
    AUTHORIZATION: `Bearer ${GOOD}`,
    'CONTENT-TYPE': 'application/json',
    aCCept: 'application/json, text/event-stream',
    'mcp-PROTOCOL-version': MODERN,
    'MCP-METHOD': 'tools/call',
    'mCp-NaMe': 'get_time',
  };
  const body = JSON.stringify(modernMessage('tools/call', CALL.params));
  const answer = await new Promise<string>((done, fail) => {
    const where = { host: '127.0.0.1', port: port.port, path: '/mcp', method: 'POST' };
    httpRequest({ ...where, headers }, (response) => void text(response).then(done, fail))
      .once('error', fail)
      .end(body);
  });
  expect(JSON.parse(answer)).toMatchObject({ result: { structuredContent: { timezone: 'UTC' } } });
});

describe('a schema', () => {
  const NO_CONTENT: readonly ContentBlock[] = [];
  const taking = (properties: object) =>
    defineTool({
      name: 'take',
      description: 'Takes.',
      inputSchema: { type: 'object', properties, additionalProperties: false },
      handler: () => ({ content: NO_CONTENT }),
    });

  verifies.each([
    [[1], false],
    [['one'], true],
    [[1, 2], true],
  ])(
    ['rs.protocol-schema-2020-12', 'rs.protocol2025-schema-2020-12'],
    'without $schema is one of 2020-12, which has prefixItems: %j is wrong there: %s',
    async (pair, isWrong) => {
      const tools = [taking({ pair: { type: 'array', prefixItems: [{ type: 'integer' }], items: false } })];
      const response = await sendModern(createWorld({ tools }), 'tools/call', {
        params: { name: 'take', arguments: { pair } },
        headers: { 'mcp-name': 'take' },
      });
      expect((await answerOf(response)).result?.['isError'] ?? false).toBe(isWrong);
    },
  );

  verifies.each([
    ['of 2020-12 as an alternative', 'https://json-schema.org/draft/2020-12/schema', false],
    ['of draft-07 as a list of places', 'http://json-schema.org/draft-07/schema#', true],
  ])(
    ['rs.protocol-schema-dialect', 'rs.protocol2025-schema-dialect'],
    'is validated by the dialect that it names: items with a list, %s',
    async (_as, $schema, isTaken) => {
      const inputSchema = {
        $schema,
        type: 'object',
        properties: { pair: { type: 'array', items: [{ type: 'integer' }, { type: 'string' }] } },
      };
      const tool = defineTool({
        name: 'take',
        description: 'Takes.',
        inputSchema,
        handler: () => ({ content: [] }),
      });
      if (!isTaken) {
        expect(() => createWorld({ tools: [tool] })).toThrow(ConfigurationError);
        return;
      }
      const world = createWorld({ tools: [tool] });
      const isWrong = async (pair: unknown) => {
        const options = { params: { name: 'take', arguments: { pair } }, headers: { 'mcp-name': 'take' } };
        return (await answerOf(await sendModern(world, 'tools/call', options))).result?.['isError'] ?? false;
      };
      expect([await isWrong([1, 'a']), await isWrong(['a', 1])]).toEqual([false, true]);
    },
  );

  verifies(['rs.protocol-schema-documented'], 'may be of the dialects that the documentation names', () => {
    const page = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8');
    const dialects = {
      '2020-12': 'https://json-schema.org/draft/2020-12/schema',
      '2019-09': 'https://json-schema.org/draft/2019-09/schema',
      'draft-07': 'http://json-schema.org/draft-07/schema#',
      'draft-06': 'http://json-schema.org/draft-06/schema#',
      'draft-04': 'http://json-schema.org/draft-04/schema#',
    };
    const isTaken = ($schema: string) => {
      const inputSchema = { $schema, type: 'object' };
      try {
        createWorld({ tools: [{ name: 'take', description: 'Takes.', inputSchema, handler: () => ({}) }] });
        return true;
      } catch {
        return false;
      }
    };
    for (const [name, uri] of Object.entries(dialects)) {
      expect([name, page.includes(name)]).toEqual([name, isTaken(uri)]);
    }
  });

  verifies.each(['https://schemas.example/a.json', '#/$defs/none'])(
    ['rs.protocol-schema-no-fetch', 'rs.protocol-schema-unresolved'],
    'is not fetched from where it refers to, and refused if that is not within it: %s',
    ($ref) => {
      const asked: unknown[] = [];
      const fetch: Fetch = async (input) => {
        asked.push(input);
        return Response.json({ type: 'string' });
      };
      const tools = [taking({ a: { $ref } })];
      expect(() => createWorld({ tools }, { fetch })).toThrow(ConfigurationError);
      expect(asked).toEqual([]);
    },
  );
});
