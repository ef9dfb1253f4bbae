import { describe, expect, it } from 'vitest';
import { createWorld, GOOD, INITIALIZE, mcpRequest, RESOURCE, type World } from './support.js';

async function sessionOf(world: World): Promise<Record<string, string>> {
  const opened = await world.post(INITIALIZE);
  await opened.text();
  return { 'mcp-session-id': opened.headers.get('mcp-session-id')! };
}

const ping = (id: number) => ({ jsonrpc: '2.0', id, method: 'ping' });

describe('a message that is nested as deeply as its size allows', () => {
  const depth = 30_000;
  const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const objects = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`;
  const meta =
    '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"a","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';
  const call = (inside: string, more = '') =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_time","arguments":{"timezone":"UTC","x":${inside}}${more}}}`;

  it.each([
    ['alone', nested, {}],
    ['alone, as objects', objects, {}],
    [
      'in the arguments of a call of 2026-07-28',
      call(objects, `,${meta}`),
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'get_time',
      },
    ],
  ])('%s is no fault of the server', async (_where, body, headers) => {
    const world = createWorld();
    const response = await world.rs.fetch(mcpRequest(body, { authorization: `Bearer ${GOOD}`, ...headers }));
    expect(response.status).toBeLessThan(500);
    expect(world.told('server.fault')).toEqual([]);
    expect((await world.post(INITIALIZE)).status).toBe(200);
  });

  it('in the arguments of a call in a session is no fault of the server', async () => {
    const world = createWorld();
    const response = await world.post(call(objects), GOOD, await sessionOf(world));
    expect(response.status).toBeLessThan(500);
    await response.text();
    expect(world.told('server.fault')).toEqual([]);
  });
});

describe('a batch of MCP 2025-03-26', () => {
  it('of a hundred messages is served, and of more is refused', async () => {
    const world = createWorld();
    const headers = await sessionOf(world);
    const batch = (size: number) =>
      world.post(
        Array.from({ length: size }, (_, id) => ping(id)),
        GOOD,
        headers,
      );
    const served = await batch(100);
    expect(served.status).toBe(200);
    expect((await served.text()).match(/"result"/g)).toHaveLength(100);
    const refused = await batch(101);
    expect(refused.status).toBe(400);
    expect(world.told('request.refused')).toMatchObject([{ reason: 'mcp_message_invalid' }]);
  });
});

describe('the query of the MCP endpoint', () => {
  it('means nothing', async () => {
    const world = createWorld();
    const request = mcpRequest(INITIALIZE, { authorization: `Bearer ${GOOD}` });
    const url = `${RESOURCE}?session=1&method=tools%2Fcall`;
    expect((await world.rs.fetch(new Request(url, request))).status).toBe(200);
  });
});

describe.each(['HEAD', 'PUT', 'PATCH'])('%s at the MCP endpoint', (method) => {
  it('is 405 with Allow, and asks nobody about the token', async () => {
    const world = createWorld();
    const response = await world.rs.fetch(
      new Request(RESOURCE, { method, headers: { authorization: `Bearer ${GOOD}` } }),
    );
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE, OPTIONS']);
    expect(world.as.introspections).toEqual([]);
  });
});
