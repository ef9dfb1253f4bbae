import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { createResourceServer } from '../../src/rs/index.js';
import { fingerprint } from '../../src/shared/secret.js';
import { type Listening, listening, OTHER, settle } from './sessions-support.js';
import {
  activeAnswer,
  challengeOf,
  createWorld,
  GOOD,
  INITIALIZE,
  ISSUER,
  LIST_TOOLS,
  NOW,
  RESOURCE,
  type World,
} from './support.js';
import { verifies } from '../verifies.js';

const sse = (options: Parameters<typeof createWorld>[0] = {}): World =>
  createWorld({ transport: 'sse', ...options });

function get(world: World, token = GOOD): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  return world.rs.fetch(new Request(RESOURCE, { headers }));
}

function postTo(world: World, endpoint: string, message: unknown, token = GOOD): Promise<Response> {
  return world.rs.fetch(
    new Request(new URL(endpoint, RESOURCE), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    }),
  );
}

/** Connects, and reads where to post to. */
async function connect(world: World, token = GOOD): Promise<{ stream: Listening; endpoint: string }> {
  const response = await get(world, token);
  expect(response.status).toBe(200);
  const stream = listening(response);
  await settle();
  return { stream, endpoint: eventsOf(stream.text())[0] ?? '' };
}

const sessionIn = (endpoint: string): string =>
  new URL(endpoint, RESOURCE).searchParams.get('session_id') ?? '';

describe('HTTP+SSE', () => {
  it('serves the client of SDK v1', async () => {
    const world = sse({ oauthStrict: true });
    const client = new Client({ name: 'old-client', version: '1.2.3' });
    await client.connect(
      new SSEClientTransport(new URL(RESOURCE), {
        fetch: (input, init) => world.network(input, init),
        requestInit: { headers: { authorization: `Bearer ${GOOD}` } },
      }),
    );
    expect((await client.listTools()).tools).toMatchObject([{ name: 'get_time' }]);
    const result = await client.callTool({ name: 'get_time', arguments: { timezone: 'Europe/Berlin' } });
    expect(result.structuredContent).toMatchObject({ timezone: 'Europe/Berlin' });
    await client.close();
    const [opened] = world.told('session.opened');
    expect(opened).toMatchObject({ client_name: 'old-client', client_id: 'client-a' });
    expect(world.told('mcp.request')).toMatchObject([
      { era: '2025', method: 'initialize', session: opened!.session },
      { era: '2025', method: 'tools/list', session: opened!.session },
      { era: '2025', method: 'tools/call', name: 'get_time', sub: 'demo_user' },
    ]);
    expect(world.told('server.fault')).toEqual([]);
  });

  it('begins with the event "endpoint", whose URI no one can guess', async () => {
    const world = sse();
    const [first, second] = [await connect(world), await connect(world)];
    expect(first.stream.text()).toBe(`event: endpoint\ndata: ${first.endpoint}\n\n`);
    expect(first.endpoint).toMatch(/^\/mcp\/messages\?session_id=[A-Za-z0-9_-]{43}$/);
    expect(second.endpoint).not.toBe(first.endpoint);
    expect(first.stream.response.headers.get('content-type')).toBe('text/event-stream');
    expect(first.stream.response.headers.get('cache-control')).toContain('no-cache');
    expect(JSON.stringify(world.events)).not.toContain(sessionIn(first.endpoint));
  });

  it('answers a POST with 202, and on the stream it belongs to', async () => {
    const world = sse();
    const [one, other] = [await connect(world), await connect(world)];
    const accepted = await postTo(world, one.endpoint, INITIALIZE);
    expect(accepted.status).toBe(202);
    expect(await accepted.text()).toBe('');
    await settle();
    expect(one.stream.text()).toContain('event: message\n');
    expect(JSON.parse(eventsOf(one.stream.text())[1]!)).toMatchObject({
      id: 1,
      result: { serverInfo: { name: 'mcp-oauth-demo' } },
    });
    expect(eventsOf(other.stream.text())).toHaveLength(1);
  });

  it('is all there is: the newer transport is 405, which tells clients to fall back', async () => {
    const world = sse();
    const response = await world.post(INITIALIZE);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, OPTIONS');
    const { endpoint } = await connect(world);
    const read = await world.rs.fetch(new Request(new URL(endpoint, RESOURCE)));
    expect([read.status, read.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  verifies(['rs.http-sse-deprecated'], 'is not there unless it was asked for', async () => {
    const world = createWorld();
    expect((await postTo(world, '/mcp/messages?session_id=x', INITIALIZE)).status).toBe(404);
    expect((await get(world)).status).toBe(400);
  });

  it('keeps the connection alive with comments', async () => {
    const world = sse();
    const { stream } = await connect(world);
    for (let second = 0; second < 30; second += 1) world.wait(1);
    await settle();
    expect(stream.text().match(/^: keep-alive$/gm)).toHaveLength(2);
    expect(eventsOf(stream.text())).toHaveLength(1);
  });

  verifies(['rs.http-sse-deprecated'], 'is told of as deprecated at the start', async () => {
    const world = sse();
    await world.rs.ready();
    expect(world.told('rs.transport_deprecated')).toMatchObject([{ level: 'warning' }]);
    const modern = createWorld();
    await modern.rs.ready();
    expect(modern.told('rs.transport_deprecated')).toEqual([]);
  });

  it.each([
    ['era', { era: '2026-07-28' as const }],
    ['sessions', { sessions: 'stateless' as const }],
  ])('does not go together with another %s', (option, others) => {
    expect(() =>
      createResourceServer({
        resource: RESOURCE,
        authServers: [{ issuer: ISSUER }],
        demoMode: true,
        transport: 'sse',
        ...others,
      }),
    ).toThrow(expect.objectContaining({ option }));
  });
});

describe('a message to HTTP+SSE', () => {
  it('needs a good token, as the stream does', async () => {
    const world = sse();
    const { endpoint } = await connect(world);
    for (const response of [await get(world, 'bad'), await postTo(world, endpoint, INITIALIZE, 'bad')]) {
      expect(response.status).toBe(401);
      expect(challengeOf(response).parameters).toMatchObject({ error: 'invalid_token' });
    }
    const bare = await world.rs.fetch(new Request(RESOURCE));
    expect(challengeOf(bare).parameters['resource_metadata']).toContain('/.well-known/');
  });

  it.each([
    ['another client', { client_id: 'client-b' }],
    ['another user', { sub: 'somebody_else' }],
  ])('finds no session with a token of %s', async (_who, changes) => {
    const world = sse();
    world.as.tokens.set(OTHER, activeAnswer(changes));
    const { stream, endpoint } = await connect(world);
    const response = await postTo(world, endpoint, LIST_TOOLS, OTHER);
    expect(response.status).toBe(404);
    await settle();
    expect(eventsOf(stream.text())).toHaveLength(1);
    expect(world.told('mcp.request')).toEqual([]);
  });

  it.each([
    ['without a session', '/mcp/messages', INITIALIZE, 400, 'session_id_missing'],
    ['of a session that never was', '/mcp/messages?session_id=x', INITIALIZE, 404, 'session_not_found'],
    ['that is no JSON-RPC', undefined, { hello: 'there' }, 400, 'mcp_message_invalid'],
    ['that is a batch', undefined, [INITIALIZE, LIST_TOOLS], 400, 'mcp_message_invalid'],
  ])('%s is refused', async (_what, endpoint, message, status, reason) => {
    const world = sse();
    const connected = await connect(world);
    const response = await postTo(world, endpoint ?? connected.endpoint, message);
    expect(response.status).toBe(status);
    expect(world.told('request.served').at(-1)).toMatchObject({ status, reason });
  });

  it('finds no session when its client has gone', async () => {
    const world = sse();
    const { stream, endpoint } = await connect(world);
    await stream.drop();
    expect((await postTo(world, endpoint, INITIALIZE)).status).toBe(404);
    expect(world.told('session.closed')).toMatchObject([
      { session: fingerprint(sessionIn(endpoint)), reason: 'the client ended it' },
    ]);
  });

  it('is refused with 403 for a tool whose scope the token lacks, before MCP sees it', async () => {
    const world = sse({ scopedTools: true });
    const { stream, endpoint } = await connect(world);
    const call = { jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'whoami', arguments: {} } };
    const response = await postTo(world, endpoint, call);
    expect(response.status).toBe(403);
    expect(challengeOf(response).parameters).toMatchObject({ error: 'insufficient_scope' });
    await settle();
    expect(eventsOf(stream.text())).toHaveLength(1);
  });
});

describe('a stream of HTTP+SSE ends', () => {
  const shortLived = (world: World): void => void world.as.tokens.set(GOOD, activeAnswer({ exp: NOW + 100 }));

  it('when its token expires', async () => {
    const world = sse();
    shortLived(world);
    const { stream, endpoint } = await connect(world);
    world.wait(99);
    await settle();
    expect(stream.isOpen()).toBe(true);
    world.wait(1);
    await stream.ended;
    expect(world.told('session.closed')).toMatchObject([{ reason: 'its token expired' }]);
    world.as.tokens.set(GOOD, activeAnswer());
    expect((await postTo(world, endpoint, INITIALIZE)).status).toBe(404);
  });

  it('later, if a message came with the next token', async () => {
    const world = sse();
    shortLived(world);
    world.as.tokens.set(OTHER, activeAnswer({ exp: NOW + 200 }));
    const { stream, endpoint } = await connect(world);
    await postTo(world, endpoint, INITIALIZE, OTHER);
    world.wait(199);
    await settle();
    expect(stream.isOpen()).toBe(true);
    world.wait(1);
    await stream.ended;
  });

  it('when its token turns out to be revoked', async () => {
    const world = sse();
    const { stream, endpoint } = await connect(world);
    world.as.tokens.delete(GOOD);
    expect((await postTo(world, endpoint, INITIALIZE)).status).toBe(401);
    await stream.ended;
    expect(world.told('session.closed')).toMatchObject([{ reason: 'its token was revoked' }]);
  });

  it('when its client posts and does not read', async () => {
    const world = sse();
    const response = await get(world);
    const reader = response.body!.getReader();
    const first = new TextDecoder().decode((await reader.read()).value);
    const endpoint = eventsOf(first)[0]!;
    await postTo(world, endpoint, INITIALIZE);
    let posted = 0;
    while (posted < 5000 && (await postTo(world, endpoint, LIST_TOOLS)).status === 202) posted += 1;
    expect(posted).toBeGreaterThan(100);
    expect(posted).toBeLessThan(5000);
    expect(world.told('session.closed')).toMatchObject([
      { reason: 'the client did not read what it was sent' },
    ]);
  });

  it('with the server', async () => {
    const world = sse();
    const { stream } = await connect(world);
    await world.rs.close();
    await stream.ended;
    expect((await get(world)).status).toBe(503);
  });

  it('or is not opened any more, if the server stopped while its token was checked', async () => {
    const world = sse();
    let goOn!: () => void;
    const checked = new Promise<void>((resolve) => (goOn = resolve));
    const { introspect } = world.as;
    world.as.introspect = async (token) => {
      await checked;
      return introspect(token);
    };
    const late = get(world);
    await expect.poll(() => world.as.introspections.length).toBe(1);
    await world.rs.close();
    goOn();
    expect((await late).status).toBe(503);
  });

  it('and there are as many as the cap says', async () => {
    const world = sse({ maxStreams: 1 });
    const { stream } = await connect(world);
    expect((await get(world)).status).toBe(429);
    world.as.tokens.set(OTHER, activeAnswer({ sub: 'somebody_else' }));
    expect((await get(world, OTHER)).status).toBe(503);
    await stream.drop();
    expect((await get(world, OTHER)).status).toBe(200);
  });
});
