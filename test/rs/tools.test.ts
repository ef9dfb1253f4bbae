import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool, type ResourceServerOptions, type Tool, type ToolResult } from '../../src/rs/index.js';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { connectV1, connectV2 } from './clients.js';
import { activeAnswer, createWorld, GOOD, RESOURCE } from './support.js';
import { verifies } from '../verifies.js';

/** One server, and a client of each era. */
async function connectBoth(tools: readonly Tool[], options: Partial<ResourceServerOptions> = {}) {
  const world = createWorld({ tools, ...options });
  return { world, clients: [await connectV1(world), await connectV2(world)] as const };
}

const GREET_JSON = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { name: { type: 'string', minLength: 1 }, times: { $ref: '#/$defs/few' } },
  required: ['name'],
  additionalProperties: false,
  $defs: { few: { type: 'integer', maximum: 3 } },
};

const greetByJson = defineTool<{ name: string }>({
  name: 'greet',
  description: 'Greets.',
  inputSchema: GREET_JSON,
  handler: ({ name }) => ({ content: [{ type: 'text', text: `hello ${name}` }] }),
});

const greetByZod = defineTool({
  name: 'greet',
  description: 'Greets.',
  inputSchema: z.object({ name: z.string().min(1).trim(), times: z.int().max(3).default(1) }),
  handler: ({ name, times }) => ({ content: [{ type: 'text', text: `hello ${name} ${times}` }] }),
});

/** A tool that answers with what it is told to. */
function answering(result: () => ToolResult, more: Partial<Tool> = {}): Tool {
  return { name: 'answer', description: 'Answers.', handler: result, ...more };
}

describe('a tool of one definition', () => {
  it('of JSON Schema is shown as it was written, in both eras', async () => {
    const { clients } = await connectBoth([greetByJson]);
    for (const client of clients) {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['greet']);
      expect(tools[0]!.inputSchema).toEqual(GREET_JSON);
    }
  });

  it('of a Standard Schema is shown as JSON Schema of 2020-12, the side that callers see', async () => {
    const { clients } = await connectBoth([greetByZod]);
    for (const client of clients) {
      const { tools } = await client.listTools();
      expect(tools[0]!.inputSchema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { name: { type: 'string', minLength: 1 }, times: { default: 1 } },
        required: ['name'],
      });
    }
  });

  it('of JSON Schema that names no dialect is not shown as one of another dialect', async () => {
    const inputSchema = { type: 'object', properties: {} };
    const { clients } = await connectBoth([answering(() => ({ content: [] }), { inputSchema })]);
    for (const client of clients) {
      const { $schema } = (await client.listTools()).tools[0]!.inputSchema;
      expect([undefined, 'https://json-schema.org/draft/2020-12/schema']).toContain($schema);
    }
  });

  verifies(
    ['rs.protocol-tools-input-schema', 'rs.protocol2025-tools-input-schema'],
    'without a schema takes no arguments',
    async () => {
      const { clients } = await connectBoth([answering(() => ({ content: [] }))]);
      for (const client of clients) {
        expect((await client.listTools()).tools[0]!.inputSchema).toMatchObject({
          type: 'object',
          additionalProperties: false,
        });
        expect((await client.callTool({ name: 'answer' })).isError).toBeFalsy();
        expect((await client.callTool({ name: 'answer', arguments: { more: 1 } })).isError).toBe(true);
      }
    },
  );

  it('gets its input as its schema lets it through', async () => {
    const { clients } = await connectBoth([greetByZod]);
    for (const client of clients) {
      const result = await client.callTool({ name: 'greet', arguments: { name: ' you ' } });
      expect(result.content).toEqual([{ type: 'text', text: 'hello you 1' }]);
    }
  });

  verifies.each([
    ['JSON Schema', greetByJson],
    ['a Standard Schema', greetByZod],
  ])(
    ['rs.protocol-tools-inputs', 'rs.protocol2025-tools-inputs'],
    'of %s is not called with what does not fit it; the client reads what is wrong',
    async (_kind, tool) => {
      let called = 0;
      const counting: Tool = {
        ...tool,
        handler: () => ({ content: [{ type: 'text', text: `${++called}` }] }),
      };
      const { clients, world } = await connectBoth([counting]);
      for (const client of clients) {
        for (const wrong of [{}, { name: '' }, { name: 7 }, { name: 'you', times: 9 }]) {
          const result = await client.callTool({ name: 'greet', arguments: wrong });
          expect(result.isError).toBe(true);
          expect(JSON.stringify(result.content)).toMatch(/invalid arguments for greet: .*(name|times)/);
        }
      }
      expect(called).toBe(0);
      expect(world.told('server.fault')).toEqual([]);
    },
  );
});

describe('what a tool answers', () => {
  const CONTENT: ToolResult['content'] = [
    { type: 'text', text: 'text', annotations: { audience: ['user'], priority: 0.5 } },
    { type: 'image', data: 'AA==', mimeType: 'image/png' },
    { type: 'audio', data: 'AA==', mimeType: 'audio/wav' },
    { type: 'resource_link', uri: 'https://example.com/a', name: 'a', mimeType: 'text/plain', size: 3 },
    { type: 'resource', resource: { uri: 'test://text', mimeType: 'text/plain', text: 'embedded' } },
    { type: 'resource', resource: { uri: 'test://blob', mimeType: 'image/png', blob: 'AA==' } },
  ];

  it('reaches clients of both eras, of whatever type it is', async () => {
    const { clients } = await connectBoth([answering(() => ({ content: CONTENT }))]);
    for (const client of clients) {
      expect((await client.callTool({ name: 'answer' })).content).toEqual(CONTENT);
    }
  });

  const json = { type: 'text', text: '{"a":1}' } as const;
  verifies.each([
    ['alone', undefined, [json]],
    ['after other content', [{ type: 'text', text: 'one' }] as const, [{ type: 'text', text: 'one' }, json]],
    ['once, if the tool gives it itself', [json], [json]],
  ])(
    ['rs.protocol-tools-structured-text', 'rs.protocol2025-tools-structured-text'],
    'has the structured content as text too: %s',
    async (_what, given, content) => {
      const result = { structuredContent: { a: 1 }, ...(given && { content: given }) };
      const { clients } = await connectBoth([answering(() => result)]);
      for (const client of clients) {
        const answer = await client.callTool({ name: 'answer' });
        expect(answer).toMatchObject({ structuredContent: { a: 1 } });
        expect(answer.content).toEqual(content);
      }
    },
  );

  const outputSchema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };
  verifies.each<[string, ToolResult]>([
    ['does not fit', { structuredContent: { sum: 'secret-4711' } }],
    ['is missing', { content: [{ type: 'text', text: 'secret-4711' }] }],
  ])(
    [
      'rs.protocol-tools-output-schema',
      'rs.protocol-tools-output',
      'rs.protocol2025-tools-output-schema',
      'rs.protocol2025-tools-output',
    ],
    'is not sent, and told to the operator, if it %s its output schema',
    async (_what, result) => {
      const { clients, world } = await connectBoth([answering(() => result, { outputSchema })]);
      for (const client of clients) {
        const answer = await client.callTool({ name: 'answer' }).catch((thrown: unknown) => thrown);
        expect(answer).toMatchObject({ isError: true });
        expect(JSON.stringify(answer)).not.toContain('4711');
      }
      expect(world.told('server.fault')).toMatchObject([{ path: 'tool answer' }, { path: 'tool answer' }]);
    },
  );

  const itself: Record<string, unknown> = {};
  itself['again'] = itself;
  it.each<[string, ToolResult]>([
    ['has numbers that JSON does not know', { content: [], structuredContent: { amount: 4711n } }],
    ['goes round in circles', { content: [], structuredContent: itself }],
    ['is no content of MCP', { content: [{ type: 'image', data: 'not base64', mimeType: 'image/png' }] }],
  ])('is a failure rather than no answer, and told to the operator, if it %s', async (_what, result) => {
    const { clients, world } = await connectBoth([answering(() => result)]);
    for (const client of clients) {
      expect(await client.callTool({ name: 'answer' })).toMatchObject({
        isError: true,
        content: [{ text: 'answer failed; the log of the server says why' }],
      });
    }
    expect(world.told('server.fault')).toMatchObject([{ path: 'tool answer' }, { path: 'tool answer' }]);
  });

  it('may be an error without the structured content that its output schema asks for', async () => {
    const failed = answering(() => ({ isError: true, content: [{ type: 'text', text: 'no' }] }), {
      outputSchema,
    });
    const { clients, world } = await connectBoth([failed]);
    for (const client of clients) {
      expect(await client.callTool({ name: 'answer' })).toMatchObject({
        isError: true,
        content: [{ type: 'text', text: 'no' }],
      });
    }
    expect(world.told('server.fault')).toEqual([]);
  });

  verifies(
    ['rs.protocol-tools-output', 'rs.protocol2025-tools-output'],
    'is a failure without details if the tool throws; the operator reads them',
    async () => {
      const throwing = answering(() => {
        throw new Error('password is secret-4711');
      });
      const { clients, world } = await connectBoth([throwing]);
      for (const client of clients) {
        const result = await client.callTool({ name: 'answer' });
        expect(result.isError).toBe(true);
        expect(JSON.stringify(result)).not.toContain('4711');
      }
      expect(world.told('server.fault')).toMatchObject([{ message: /4711/ }, { message: /4711/ }]);
    },
  );
});

describe('what a tool knows of the call', () => {
  verifies(
    ['rs.mcp-handling-own-only', 'rs.mcp-theft-storage'],
    'are the facts of the token, and not the token',
    async () => {
      const seen: unknown[] = [];
      const { clients } = await connectBoth([
        {
          name: 'look',
          description: 'Looks.',
          handler(_input, context) {
            seen.push(context.token);
            expect(JSON.stringify(context)).not.toContain(GOOD);
            return { content: [] };
          },
        },
      ]);
      for (const client of clients) await client.callTool({ name: 'look' });
      const facts = { client_id: 'client-a', sub: 'demo_user', scope: ['user'], aud: [RESOURCE] };
      expect(seen).toMatchObject([facts, facts]);
      expect(JSON.stringify(seen)).not.toContain(GOOD);
    },
  );

  it('is that the client gave it up', async () => {
    let aborted = 0;
    const waiting: Tool = {
      name: 'wait',
      description: 'Waits until nobody waits for it.',
      handler: async (_input, { signal }) => {
        await new Promise((gone) => signal.addEventListener('abort', gone, { once: true }));
        aborted += 1;
        return { content: [] };
      },
    };
    const { clients } = await connectBoth([waiting]);
    const [v1, v2] = clients;
    const patience = { timeout: 50 };
    await expect(v1.callTool({ name: 'wait' }, undefined, patience)).rejects.toThrow();
    await expect(v2.callTool({ name: 'wait' }, patience)).rejects.toThrow();
    await expect.poll(() => aborted).toBe(2);
  });
});

const counting: Tool = {
  name: 'count',
  description: 'Counts.',
  handler: async (_input, { progress, log }) => {
    await log('debug', 'begin');
    await progress(1, 2, 'half');
    await progress(1, 2, 'no further');
    await progress(2, 2);
    await log('warning', { done: true });
    return { content: [{ type: 'text', text: 'counted' }] };
  },
};

describe('on the way to its answer a tool', () => {
  verifies(['rs.protocol2025-progress-increases'], 'tells a client of 2025 how far it is', async () => {
    const client = await connectV1(createWorld({ tools: [counting] }));
    const told: unknown[] = [];
    await client.callTool({ name: 'count' }, undefined, { onprogress: (progress) => told.push(progress) });
    expect(told).toEqual([
      { progress: 1, total: 2, message: 'half' },
      { progress: 2, total: 2 },
    ]);
  });

  verifies(['rs.protocol-progress-increases'], 'tells a client of 2026-07-28 how far it is', async () => {
    const client = await connectV2(createWorld({ tools: [counting] }));
    const told: unknown[] = [];
    await client.callTool({ name: 'count' }, { onprogress: (progress) => told.push(progress) });
    expect(told).toEqual([
      { progress: 1, total: 2, message: 'half' },
      { progress: 2, total: 2 },
    ]);
  });

  it('logs to a client of 2025 from the level on that it set', async () => {
    const client = await connectV1(createWorld({ tools: [counting] }));
    const logged: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void logged.push(params));
    await client.setLoggingLevel('info');
    await client.callTool({ name: 'count' });
    await expect.poll(() => logged).toEqual([{ level: 'warning', data: { done: true } }]);
  });

  verifies.each([
    ['nothing, unless the request names a level', undefined, []],
    ['from the level on that the request names', 'info', [{ level: 'warning', data: { done: true } }]],
  ])(['rs.protocol-logging-level'], 'logs to a client of 2026-07-28 %s', async (_what, level, expected) => {
    const client = await connectV2(createWorld({ tools: [counting] }));
    const logged: unknown[] = [];
    client.setNotificationHandler('notifications/message', ({ params }) => void logged.push(params));
    const _meta = level && { 'io.modelcontextprotocol/logLevel': level };
    await client.callTool({ name: 'count', ...(_meta && { _meta }) });
    expect(logged).toEqual(expected);
  });
});

it.each([
  ['things', 'is wrong'],
  ['words', 'is wrong'.repeat(100)],
])('a client reads no more than the first %s of what is wrong with its arguments', async (_what, error) => {
  const names = Array.from({ length: 20 }, (_, n) => `argument-${n}`);
  const shape = Object.fromEntries(names.map((name) => [name, z.string({ error })]));
  const { clients } = await connectBoth([answering(() => ({}), { inputSchema: z.object(shape) })]);
  for (const client of clients) {
    const answer = JSON.stringify(await client.callTool({ name: 'answer', arguments: {} }));
    expect(answer).toContain('argument-0');
    expect(answer).not.toContain('argument-5');
    expect(answer.length).toBeLessThan(900);
  }
});

describe('the options of a server with tools', () => {
  it('name it to clients of both eras', async () => {
    const info = { name: 'greeter', title: 'The greeter', version: '7.0.0' };
    const { clients } = await connectBoth([greetByJson], { info });
    for (const client of clients) expect(client.getServerVersion()).toMatchObject(info);
  });

  it('name it in the protected resource metadata', async () => {
    const { rs } = createWorld({ tools: [greetByJson], info: { name: 'greeter', version: '7.0.0' } });
    const answer = await rs.fetch(
      new Request('http://localhost:8001/.well-known/oauth-protected-resource/mcp'),
    );
    expect(await answer.json()).toMatchObject({ resource_name: 'greeter' });
  });

  const valid = { name: 'a', description: 'b', handler: () => ({ content: [] }) };
  verifies.each<[string, unknown, RegExp]>([
    ['a name with a space', [{ ...valid, name: 'a b' }], /tool 1: name must be/],
    ['two tools of one name', [valid, valid], /a is there twice/],
    ['a name that every object has', [{ ...valid, name: 'constructor' }], /tool 1: name must be none that/],
    ['the name __proto__', [{ ...valid, name: '__proto__' }], /tool 1: name must be none that/],
    ['a name that is too long', [{ ...valid, name: 'a'.repeat(129) }], /tool 1: name must be/],
    [
      'a schema that is elsewhere, which nobody fetches',
      [{ ...valid, inputSchema: { type: 'object', $ref: 'https://schemas.example/a.json' } }],
      /inputSchema of a.*schemas\.example/,
    ],
    ['a scope that is two', [{ ...valid, scopes: ['a b'] }], /tool 1: scopes 0 is not one scope/],
    ['offline_access', [{ ...valid, scopes: ['offline_access'] }], /tool 1: scopes 0/],
    ['a tool without a handler', [{ ...valid, handler: undefined }], /tool 1: handler must be/],
    ['a schema of no object', [{ ...valid, inputSchema: { type: 'string' } }], /inputSchema of a.*object/],
    [
      'a schema that is none',
      [{ ...valid, inputSchema: { type: 'object', required: 7 } }],
      /inputSchema of a/,
    ],
    [
      'a dialect nobody knows',
      [{ ...valid, inputSchema: { type: 'object', $schema: 'x' } }],
      /inputSchema of a/,
    ],
    ['an output schema of no object', [{ ...valid, outputSchema: z.string() }], /outputSchema of a.*object/],
    [
      'a library that shows no JSON Schema',
      [{ ...valid, inputSchema: { '~standard': { version: 1, vendor: 'other', validate: () => ({}) } } }],
      /by other; give plain JSON Schema/,
    ],
  ])(
    [
      'rs.protocol-tools-names',
      'rs.mcp-refresh-no-offline-access',
      'rs.protocol-schema-dialect',
      'rs.protocol-schema-valid',
      'rs.protocol-tools-input-schema',
      'rs.protocol2025-schema-dialect',
      'rs.protocol2025-schema-valid',
      'rs.protocol2025-tools-input-schema',
      'rs.protocol2025-tools-names',
    ],
    'are refused with %s, before anything is served',
    (_what, tools, message) => {
      const create = () => createWorld({ tools: tools as readonly Tool[] });
      expect(create).toThrow(ConfigurationError);
      expect(create).toThrow(message);
    },
  );

  const marked = (type: string, name: unknown = 'Region') => ({ type, 'x-mcp-header': name });
  verifies.each<[string, Record<string, unknown>, RegExp]>([
    ['no name', { properties: { a: marked('string', '') } }, /part of a header's name/],
    ['a name that is none', { properties: { a: marked('string', true) } }, /part of a header's name/],
    ['a name with a space', { properties: { a: marked('string', 'a b') } }, /part of a header's name/],
    ['a number', { properties: { a: marked('number') } }, /string, integer or boolean/],
    ['an object', { properties: { a: marked('object') } }, /string, integer or boolean/],
    [
      'two of one name',
      { properties: { a: marked('string'), b: { properties: { c: marked('integer', 'region') } } } },
      /region is there twice/,
    ],
    ['what is in a list', { properties: { a: { items: marked('string') } } }, /nothing but properties/],
    [
      'what is one of several',
      { anyOf: [{ properties: { a: marked('string') } }] },
      /nothing but properties/,
    ],
  ])(
    ['rs.http-headers-schema'],
    'are refused with an argument to be repeated in a header that is %s',
    (_what, more, message) => {
      const inputSchema = { type: 'object', ...more };
      expect(() => createWorld({ tools: [{ ...valid, inputSchema }] })).toThrow(message);
    },
  );

  it('may have arguments to be repeated in headers, and ones that are only called like the mark', () => {
    const properties = {
      a: marked('string'),
      b: { type: 'object', properties: { c: marked('boolean', 'Deep') } },
      'x-mcp-header': { type: 'string' },
    };
    expect(() =>
      createWorld({ tools: [{ ...valid, inputSchema: { type: 'object', properties } }] }),
    ).not.toThrow();
  });

  it('are refused with the scoped tools, which are of those that they replace', () => {
    expect(() => createWorld({ tools: [valid], scopedTools: true })).toThrow(/scopedTools|replaces/);
  });
});

verifies(
  ['rs.protocol-tools-access', 'rs.protocol2025-tools-access'],
  'a tool of others needs its own scopes too, in both eras',
  async () => {
    const { clients, world } = await connectBoth([
      answering(() => ({ content: [] }), { scopes: ['answers'] }),
    ]);
    for (const client of clients) {
      await expect(client.callTool({ name: 'answer' })).rejects.toThrow();
    }
    expect(world.told('bearer.challenged')).toMatchObject([{ status: 403 }, { status: 403 }]);
    world.as.tokens.set(GOOD, activeAnswer({ scope: 'user answers' }));
    for (const client of clients) {
      expect((await client.callTool({ name: 'answer' })).isError).toBeFalsy();
    }
  },
);
