import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/shared/secret.js';
import { listTools, openSession, OTHER, withSession } from './sessions-support.js';
import { activeAnswer, createWorld, GOOD, INITIALIZE, LIST_TOOLS } from './support.js';
import { verifies } from '../verifies.js';

describe('a session', () => {
  verifies(
    ['rs.http2025-session-secure', 'rs.http2025-session-visible'],
    'begins with initialize, under an id that can not be guessed',
    async () => {
      const world = createWorld();
      const ids = [await openSession(world), await openSession(world)];
      expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(ids[0]).not.toBe(ids[1]);
      expect((await listTools(world, ids[0]!)).status).toBe(200);
      expect(JSON.stringify(world.events)).not.toContain(ids[0]);
    },
  );

  it('is told of with as much of the name of its client as a line can take', async () => {
    const world = createWorld();
    const clientInfo = { name: 'n'.repeat(30_000), version: '1'.repeat(30_000) };
    await world.post({ ...INITIALIZE, params: { ...INITIALIZE.params, clientInfo } });
    const [opened] = world.told('session.opened');
    expect(opened).toMatchObject({ client_name: 'n'.repeat(100), client_version: '1'.repeat(100) });
  });

  verifies.each([
    ['without initialize', undefined, 400, 'session_id_missing'],
    ['that nobody opened', 'x'.repeat(43), 404, 'session_not_found'],
  ])(['rs.http2025-session-missing'], '%s is refused', async (_what, session, status, reason) => {
    const world = createWorld();
    const response = await world.post(LIST_TOOLS, GOOD, session ? { 'mcp-session-id': session } : {});
    expect(response.status).toBe(status);
    expect((await withSession(world, session, { method: 'GET' })).status).toBe(status);
    expect((await withSession(world, session, { method: 'DELETE' })).status).toBe(status);
    expect(world.told('request.served').map((event) => event.reason)).toEqual([reason, reason, reason]);
  });

  it.each([
    ['another client', { client_id: 'client-b' }],
    ['another user', { sub: 'somebody_else' }],
    ['nobody in particular', { client_id: undefined, sub: undefined }],
  ])('does not exist for %s', async (_who, changes) => {
    const world = createWorld();
    world.as.tokens.set(OTHER, activeAnswer(changes));
    const session = await openSession(world);
    expect((await listTools(world, session, OTHER)).status).toBe(404);
    for (const method of ['GET', 'DELETE']) {
      expect((await withSession(world, session, { method, token: OTHER })).status).toBe(404);
    }
    expect((await listTools(world, session)).status).toBe(200);
  });

  it('goes on with the next token of the same client and user', async () => {
    const world = createWorld();
    world.as.tokens.set(OTHER, activeAnswer());
    const session = await openSession(world);
    expect((await listTools(world, session, OTHER)).status).toBe(200);
  });

  it('is one token alone where the authorization server names neither client nor user', async () => {
    const world = createWorld();
    const nameless = activeAnswer({ client_id: undefined, sub: undefined });
    world.as.tokens.set(GOOD, nameless).set(OTHER, nameless);
    const session = await openSession(world);
    expect((await listTools(world, session)).status).toBe(200);
    expect((await listTools(world, session, OTHER)).status).toBe(404);
  });

  verifies(
    ['rs.mcp-token-header', 'rs.http-security-authentication', 'rs.http2025-security-authentication'],
    'needs a good token for each request',
    async () => {
      const world = createWorld();
      const session = await openSession(world);
      world.as.tokens.delete(GOOD);
      expect((await listTools(world, session)).status).toBe(401);
      expect((await withSession(world, session, { method: 'GET' })).status).toBe(401);
      expect((await withSession(world, session, { method: 'DELETE' })).status).toBe(401);
    },
  );

  verifies(['rs.http2025-session-404'], 'ends with DELETE', async () => {
    const world = createWorld();
    const session = await openSession(world);
    expect((await withSession(world, session, { method: 'DELETE' })).status).toBe(200);
    expect((await listTools(world, session)).status).toBe(404);
    expect(world.told('session.closed')).toMatchObject([{ session: fingerprint(session) }]);
  });

  it('makes room, when there are too many, if it is idle for longest', async () => {
    const world = createWorld({ maxSessions: 2 });
    const [first, second] = [await openSession(world), await openSession(world)];
    await listTools(world, first);
    const third = await openSession(world);
    expect((await listTools(world, second)).status).toBe(404);
    expect((await listTools(world, first)).status).toBe(200);
    expect((await listTools(world, third)).status).toBe(200);
    expect(world.told('session.closed')).toMatchObject([{ session: fingerprint(second) }]);
  });

  verifies(['rs.http2025-session-404'], 'ends when nobody has used it for the idle time', async () => {
    const world = createWorld({ sessionIdleSeconds: 60 });
    const session = await openSession(world);
    world.as.tokens.set(GOOD, activeAnswer({ exp: undefined }));
    world.time.now += 59;
    expect((await listTools(world, session)).status).toBe(200);
    world.time.now += 60;
    expect((await listTools(world, session)).status).toBe(404);
    expect(world.told('session.closed')).toHaveLength(1);
  });

  it('is swept out by the next one that opens', async () => {
    const world = createWorld({ sessionIdleSeconds: 60 });
    await openSession(world);
    world.time.now += 60;
    await openSession(world);
    expect(world.told('session.closed')).toHaveLength(1);
  });

  it('is not idle while the client holds its stream', async () => {
    const world = createWorld({ sessionIdleSeconds: 60 });
    world.as.tokens.set(GOOD, activeAnswer({ exp: undefined }));
    const session = await openSession(world);
    const client = new AbortController();
    const stream = await withSession(world, session, { method: 'GET', signal: client.signal });
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    world.time.now += 600;
    expect((await listTools(world, session)).status).toBe(200);
    client.abort();
    world.time.now += 60;
    expect((await listTools(world, session)).status).toBe(404);
  });
});

describe('close', () => {
  it('ends sessions and open streams at once, and takes no more requests', async () => {
    const world = createWorld();
    const session = await openSession(world);
    const stream = await withSession(world, session, { method: 'GET' });
    const ended = stream.text();
    await world.rs.close();
    expect(await ended).toBe('');
    expect(world.told('session.closed')).toHaveLength(1);
    expect((await world.post(INITIALIZE)).status).toBe(503);
  });
});
