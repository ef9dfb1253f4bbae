import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import type { Fetch } from '../../src/shared/http/fetch.js';
import { createWorld, GOOD, INITIALIZE, LIST_TOOLS, RESOURCE } from './support.js';

const stateless = () => createWorld({ sessions: 'stateless' });

async function messageOf(response: Response): Promise<unknown> {
  return JSON.parse(eventsOf(await response.text())[0] ?? '');
}

describe('without sessions', () => {
  it('initialize is answered, and opens none', async () => {
    const world = stateless();
    const response = await world.post(INITIALIZE);
    expect(await messageOf(response)).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } });
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(world.told('session.opened')).toEqual([]);
  });

  it('each request stands for itself', async () => {
    const { post } = stateless();
    expect(await messageOf(await post(LIST_TOOLS))).toMatchObject({
      result: { tools: [{ name: 'get_time' }] },
    });
    const call = {
      jsonrpc: '2.0',
      id: 'x',
      method: 'tools/call',
      params: { name: 'get_time', arguments: {} },
    };
    expect(await messageOf(await post(call))).toMatchObject({
      id: 'x',
      result: { content: [{ type: 'text' }, { type: 'text' }] },
    });
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
  });

  it('a session id that a client brings from elsewhere means nothing', async () => {
    const response = await stateless().post(LIST_TOOLS, GOOD, { 'mcp-session-id': 'x'.repeat(43) });
    expect(response.status).toBe(200);
    expect(response.headers.get('mcp-session-id')).toBeNull();
  });

  it.each(['GET', 'DELETE'])('%s is refused, and the answer says what is allowed', async (method) => {
    const world = stateless();
    const headers = { authorization: `Bearer ${GOOD}`, accept: 'text/event-stream' };
    const response = await world.rs.fetch(new Request(RESOURCE, { method, headers }));
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(world.told('request.served')).toMatchObject([{ reason: 'method_not_allowed' }]);
  });

  it('each request needs a token', async () => {
    const { post } = stateless();
    expect((await post(INITIALIZE, '')).status).toBe(401);
    expect((await post(LIST_TOOLS, 'never-issued-0123456789abcdef0123456789')).status).toBe(401);
  });

  it('servers behind one address take turns, and the client notices nothing', async () => {
    const worlds = [stateless(), stateless(), stateless()];
    let turn = 0;
    const balancer: Fetch = (input, init) => worlds[turn++ % worlds.length]!.network(input, init);
    const client = new Client({ name: 'test-client', version: '1' });
    await client.connect(
      new StreamableHTTPClientTransport(new URL(RESOURCE), {
        fetch: balancer,
        requestInit: { headers: { authorization: `Bearer ${GOOD}` } },
      }),
    );
    for (let call = 0; call < 3; call += 1) {
      expect((await client.callTool({ name: 'get_time', arguments: {} })).isError).toBeFalsy();
    }
    await client.close();
    for (const { told } of worlds) {
      expect(told('mcp.request').map(({ method }) => method)).toContain('tools/call');
      expect(told('server.fault')).toEqual([]);
    }
  });

  it('a server that stops takes no more requests', async () => {
    const world = stateless();
    await world.rs.close();
    expect((await world.post(LIST_TOOLS)).status).toBe(503);
  });
});
