import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/cli/log/describe-event.js';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS, mcpRequest, RESOURCE, type World } from './support.js';

const AUTHORIZED = { authorization: `Bearer ${GOOD}` };
const MODERN = { 'mcp-protocol-version': '2026-07-28' };
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const LIST = { ...LIST_TOOLS, params: { _meta: META } };

/** A request of MCP 2026-07-28. */
function modern(message: unknown, headers: Record<string, string> = {}): Request {
  return mcpRequest(message, { ...AUTHORIZED, ...MODERN, 'mcp-method': 'tools/list', ...headers });
}

async function withSession(world: World, headers: Record<string, string>): Promise<Record<string, string>> {
  const opened = await world.post(INITIALIZE);
  await opened.text();
  return { ...AUTHORIZED, 'mcp-session-id': opened.headers.get('mcp-session-id')!, ...headers };
}

type Sent = (world: World) => Request | Promise<Request>;

const refusals: readonly (readonly [string, number, string, string, Sent])[] = [
  [
    'a page of another site',
    403,
    'origin_not_allowed',
    'warning',
    () => mcpRequest(INITIALIZE, { ...AUTHORIZED, origin: 'https://evil.example' }),
  ],
  [
    'another name in Host',
    403,
    'host_not_allowed',
    'warning',
    () => mcpRequest(INITIALIZE, { ...AUTHORIZED, host: 'evil.example' }),
  ],
  ['another method', 405, 'method_not_allowed', 'info', () => new Request(RESOURCE, { method: 'PATCH' })],
  [
    'another media type',
    415,
    'wrong_media_type',
    'warning',
    () => mcpRequest('x', { ...AUTHORIZED, 'content-type': 'text/plain' }),
  ],
  [
    'too large a body',
    413,
    'body_too_large',
    'warning',
    () => mcpRequest(`"${'x'.repeat(65_536)}"`, AUTHORIZED),
  ],
  ['a body that is no JSON', 400, 'not_json', 'warning', () => mcpRequest('{', AUTHORIZED)],
  [
    'a body that is no JSON-RPC',
    400,
    'mcp_message_invalid',
    'warning',
    () => mcpRequest('{"a":1}', AUTHORIZED),
  ],
  [
    'a message that is no JSON-RPC, in a session',
    400,
    'mcp_message_invalid',
    'warning',
    async (world) => mcpRequest('{"a":1}', await withSession(world, {})),
  ],
  [
    'a second initialize',
    400,
    'mcp_message_invalid',
    'warning',
    async (world) => mcpRequest(INITIALIZE, await withSession(world, {})),
  ],
  [
    'an Accept without event streams',
    406,
    'not_acceptable',
    'warning',
    () => mcpRequest(INITIALIZE, { ...AUTHORIZED, accept: 'application/json' }),
  ],
  [
    'a revision that nobody speaks, in its session',
    400,
    'protocol_version_not_supported',
    'warning',
    async (world) =>
      mcpRequest(LIST_TOOLS, await withSession(world, { 'mcp-protocol-version': '1999-01-01' })),
  ],
  [
    'a revision that nobody speaks, in _meta',
    400,
    'protocol_version_not_supported',
    'warning',
    () =>
      modern(
        {
          ...LIST_TOOLS,
          params: { _meta: { ...META, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' } },
        },
        { 'mcp-protocol-version': '2099-01-01' },
      ),
  ],
  [
    'a header that says something else than the body',
    400,
    'mcp_header_mismatch',
    'warning',
    () => modern(LIST, { 'mcp-method': 'tools/call' }),
  ],
  [
    'members of _meta that are missing',
    400,
    'mcp_params_invalid',
    'warning',
    () =>
      modern({
        ...LIST_TOOLS,
        params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
      }),
  ],
  [
    'a method that there is not',
    404,
    'mcp_method_unknown',
    'warning',
    () => modern({ ...LIST, method: 'tools/paint' }, { 'mcp-method': 'tools/paint' }),
  ],
  [
    'a session that nobody opened',
    404,
    'session_not_found',
    'info',
    () => mcpRequest(LIST_TOOLS, { ...AUTHORIZED, 'mcp-session-id': 'x' }),
  ],
  [
    'a second stream of a session',
    409,
    'stream_open_already',
    'warning',
    async (world) => {
      const headers = await withSession(world, { accept: 'text/event-stream' });
      await world.rs.fetch(new Request(RESOURCE, { headers }));
      return new Request(RESOURCE, { headers });
    },
  ],
  [
    'a server that is stopping',
    503,
    'stopping',
    'info',
    async (world) => {
      await world.rs.close();
      return mcpRequest(INITIALIZE, AUTHORIZED);
    },
  ],
];

describe('a refusal', () => {
  it.each(refusals)('for %s is %i, and %s is in the log and in the access line', async (...refusal) => {
    const [, status, reason, level, sent] = refusal;
    const world = createWorld();
    const request = await sent(world);
    world.events.length = 0;
    const response = await world.rs.fetch(request);
    expect(response.status).toBe(status);
    expect(world.told('request.served').map((event) => event.reason)).toEqual([reason]);
    const told = world.told('request.refused');
    expect(told).toMatchObject([{ reason, level, method: request.method, path: '/mcp' }]);
    expect(describeEvent(told[0]!)).toContain(`(${reason})`);
    expect(JSON.stringify(world.events)).not.toContain(GOOD);
    // The reason is for the operator alone.
    expect(await response.text()).not.toContain(`"${reason}"`);
    await world.rs.close();
  });

  it('of a token is told of once, as a challenge', async () => {
    const world = createWorld();
    await world.rs.fetch(mcpRequest(INITIALIZE));
    await world.post(INITIALIZE, 'unknown-token');
    expect(world.told('request.refused')).toEqual([]);
    expect(world.told('bearer.challenged')).toHaveLength(2);
  });

  it('tells the operator which flag helps, and the client not', async () => {
    const world = createWorld();
    const response = await world.post(INITIALIZE, GOOD, { origin: 'https://app.example' });
    const [told] = world.told('request.refused');
    expect(told!.detail).toContain('--allow-origin');
    expect(describeEvent(told!)).toContain('https://app.example');
    expect(await response.text()).not.toContain('--allow-origin');
  });

  it('repeats no more of what came than a line can take', async () => {
    const world = createWorld();
    await world.post(INITIALIZE, GOOD, { origin: `https://${'a'.repeat(10_000)}.example` });
    await world.rs.fetch(modern(LIST, { 'mcp-method': 'm'.repeat(10_000) }));
    for (const event of world.told('request.refused')) expect(describeEvent(event).length).toBeLessThan(500);
  });

  it('of a path that there is not is in the access line alone', async () => {
    const world = createWorld();
    await world.rs.fetch(new Request('http://localhost:8001/favicon.ico'));
    expect(world.events).toMatchObject([{ kind: 'request.served', reason: 'path_unknown', level: 'debug' }]);
  });
});
