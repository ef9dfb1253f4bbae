import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS, NOW, RESOURCE, type World } from './support.js';
import { verifies } from '../verifies.js';

const IDENTITY = { name: 'test-client', version: '1.2.3' };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function transportOptions({ network }: World) {
  return {
    fetch: (input: string | URL, init?: RequestInit) => network(input, init),
    requestInit: { headers: { authorization: `Bearer ${GOOD}` } },
  };
}

async function connectV1(world: World): Promise<{ client: ClientV1; transport: TransportV1 }> {
  const client = new ClientV1(IDENTITY);
  const transport = new TransportV1(new URL(RESOURCE), transportOptions(world));
  await client.connect(transport);
  closers.push(() => client.close());
  return { client, transport };
}

async function connectV2(world: World, mode: 'legacy' | 'auto' | { pin: string }): Promise<ClientV2> {
  const client = new ClientV2(IDENTITY, { versionNegotiation: { mode } });
  await client.connect(new TransportV2(new URL(RESOURCE), transportOptions(world)));
  closers.push(() => client.close());
  return client;
}

const FACTS = { iso8601: '2026-09-21T16:13:20+02:00', epoch_seconds: NOW, timezone: 'Europe/Berlin' };
const TIME = {
  structuredContent: FACTS,
  content: [
    { type: 'text', text: '2026-09-21T16:13:20+02:00 (Europe/Berlin)' },
    { type: 'text', text: JSON.stringify(FACTS) },
  ],
};
const CALL = { name: 'get_time', arguments: { timezone: 'Europe/Berlin' } };

describe('clients that others wrote reach get_time', () => {
  it('SDK v1, in the 2025 era', async () => {
    const world = createWorld({ oauthStrict: true });
    const { client } = await connectV1(world);
    expect(client.getServerVersion()).toMatchObject({ name: 'mcp-oauth-demo' });
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([{ name: 'get_time', annotations: { readOnlyHint: true } }]);
    expect(await client.callTool(CALL)).toMatchObject(TIME);
    expect(world.told('session.opened')).toMatchObject([
      {
        protocol_version: '2025-11-25',
        client_name: 'test-client',
        client_version: '1.2.3',
        client_id: 'client-a',
      },
    ]);
    const [session] = world.told('session.opened');
    expect(world.told('mcp.request')).toMatchObject([
      { era: '2025', method: 'initialize', client_id: 'client-a', sub: 'demo_user' },
      { era: '2025', method: 'tools/list', session: session!.session },
      { era: '2025', method: 'tools/call', name: 'get_time', session: session!.session },
    ]);
  });

  it('client v2, in the 2025 era', async () => {
    const world = createWorld({ oauthStrict: true });
    const client = await connectV2(world, 'legacy');
    expect(await client.callTool(CALL)).toMatchObject(TIME);
    expect(new Set(world.told('mcp.request').map(({ era }) => era))).toEqual(new Set(['2025']));
  });

  it.each([
    ['by itself', 'auto' as const],
    ['as it is told', { pin: '2026-07-28' }],
  ])('client v2, in the era 2026-07-28, which it chooses %s', async (_how, mode) => {
    const world = createWorld({ oauthStrict: true });
    const client = await connectV2(world, mode);
    const { tools } = await client.listTools();
    expect(tools).toMatchObject([{ name: 'get_time', annotations: { readOnlyHint: true } }]);
    expect(await client.callTool(CALL)).toMatchObject(TIME);
    expect(world.told('mcp.request')).toMatchObject([
      { era: '2026-07-28', method: 'server/discover' },
      { era: '2026-07-28', method: 'tools/list' },
      { era: '2026-07-28', method: 'tools/call', name: 'get_time', client_id: 'client-a' },
    ]);
    expect(world.told('session.opened')).toEqual([]);
  });

  it('and both eras see the same tools', async () => {
    const world = createWorld();
    const [v1, v2] = await Promise.all([connectV1(world), connectV2(world, 'auto')]);
    const [old, modern] = await Promise.all([v1.client.listTools(), v2.listTools()]);
    const essence = ({ name, title, description, annotations, inputSchema }: (typeof old.tools)[number]) => ({
      name,
      title,
      description,
      annotations,
      properties: inputSchema.properties,
    });
    expect(old.tools.map(essence)).toEqual(
      modern.tools.map(({ name, title, description, annotations, inputSchema }) => ({
        name,
        title,
        description,
        annotations,
        properties: inputSchema['properties'],
      })),
    );
  });
});

describe('get_time', () => {
  it.each([
    [undefined, '2026-09-21T14:13:20+00:00', 'UTC'],
    ['America/New_York', '2026-09-21T10:13:20-04:00', 'America/New_York'],
    ['Asia/Kolkata', '2026-09-21T19:43:20+05:30', 'Asia/Kolkata'],
  ])('in %s', async (timezone, iso8601, named) => {
    const { client } = await connectV1(createWorld());
    const result = await client.callTool({ name: 'get_time', arguments: timezone ? { timezone } : {} });
    expect(result.structuredContent).toEqual({ iso8601, epoch_seconds: NOW, timezone: named });
    expect(Date.parse(iso8601) / 1000).toBe(NOW);
  });

  it.each(['Mars/Olympus', '+01:00', ''])('says what is allowed for the zone "%s"', async (timezone) => {
    const world = createWorld();
    const call = { name: 'get_time', arguments: { timezone } };
    const v1 = await (await connectV1(world)).client.callTool(call);
    const v2 = await (await connectV2(world, 'auto')).callTool(call);
    for (const result of [v1, v2]) {
      expect(result.isError).toBe(true);
      expect(JSON.stringify(result.content)).toContain('Europe/Berlin');
    }
  });

  verifies(
    ['rs.protocol-tools-inputs', 'rs.protocol2025-tools-inputs'],
    'refuses an argument of another type',
    async () => {
      const world = createWorld();
      const call = { name: 'get_time', arguments: { timezone: 7 } };
      expect((await (await connectV1(world)).client.callTool(call)).isError).toBe(true);
      const modern = await connectV2(world, 'auto');
      const result = await modern.callTool(call).catch(() => ({ isError: true }));
      expect(result.isError).toBe(true);
      expect(world.told('server.fault')).toEqual([]);
    },
  );
});

describe('a message that can not be read', () => {
  it.each([
    ['of another media type', 'x', { 'content-type': 'text/plain' }, 415, 'wrong_media_type'],
    ['larger than 64 KiB', `"${'x'.repeat(65_536)}"`, {}, 413, 'body_too_large'],
    ['that is no JSON', '{', {}, 400, 'not_json'],
    ['that is empty', '', {}, 400, 'not_json'],
    ['that is no JSON-RPC', '{"a":1}', {}, 400, undefined],
    ['that is null', 'null', {}, 400, undefined],
    ['whose Accept lacks a type', INITIALIZE, { accept: 'application/json' }, 406, undefined],
  ])('%s is answered as HTTP says', async (_what, message, headers, status, reason) => {
    const { post, told } = createWorld();
    const response = await post(message, GOOD, headers as Record<string, string>);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
    const [served] = told('request.served');
    expect(served!.reason).toBeDefined();
    if (reason) expect(served!.reason).toBe(reason);
    expect(told('server.fault')).toEqual([]);
  });

  it('in a revision that nobody speaks is told which ones there are', async () => {
    const { post } = createWorld();
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2099-01-01',
      'io.modelcontextprotocol/clientInfo': IDENTITY,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const response = await post({ ...LIST_TOOLS, params: { _meta: meta } }, GOOD, {
      'mcp-protocol-version': '2099-01-01',
    });
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain('2026-07-28');
  });
});
