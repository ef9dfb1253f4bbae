import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../src/flows/mcp/sse.js';
import { fingerprint } from '../../src/shared/secret.js';
import {
  LISTEN,
  listening,
  listTools,
  openSession,
  OTHER,
  settle,
  subscribe,
  WITH_CHANGES,
  withSession,
} from './sessions-support.js';
import {
  activeAnswer,
  createWorld,
  GOOD,
  INITIALIZE,
  LIST_TOOLS,
  mcpRequest,
  NOW,
  RESOURCE,
  type World,
} from './support.js';
import { verifies } from '../verifies.js';

/** Two tokens that a log can't tell from each other. */
const SAME_FINGERPRINT = [43_902, 65_725].map((n) => `token-with-32-characters-at-least-${n}`) as [
  string,
  string,
];

/** An `initialize` of which the server has seen the head only, until the rest is sent. */
function slowInitialize(world: World) {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (started) => void (controller = started) });
  const { headers } = mcpRequest('', { authorization: `Bearer ${GOOD}` });
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' };
  return {
    opening: world.rs.fetch(new Request(RESOURCE, init)),
    send(): void {
      controller.enqueue(new TextEncoder().encode(JSON.stringify(INITIALIZE)));
      controller.close();
    },
  };
}

/** A session whose token lives for 100 seconds, and a stream of it. */
async function sessionWithStream(world: World) {
  world.as.tokens.set(GOOD, activeAnswer({ exp: NOW + 100 }));
  const session = await openSession(world);
  return { session, stream: listening(await withSession(world, session, { method: 'GET' })) };
}

describe('when the token of a session expires', () => {
  it('its streams end within a second, and not before', async () => {
    const world = createWorld();
    const { stream } = await sessionWithStream(world);
    world.wait(99);
    await settle();
    expect(stream.isOpen()).toBe(true);
    world.wait(1);
    await stream.ended;
  });

  it('it waits a minute for the next token of the same client and user', async () => {
    const world = createWorld();
    const { session } = await sessionWithStream(world);
    world.wait(100);
    world.wait(59);
    world.as.tokens.set(OTHER, activeAnswer());
    expect((await listTools(world, session, OTHER)).status).toBe(200);
    world.wait(60);
    expect((await listTools(world, session, OTHER)).status).toBe(200);
    expect(world.told('session.closed')).toEqual([]);
  });

  it('and what it opens with that one ends with that one', async () => {
    const world = createWorld();
    const { session } = await sessionWithStream(world);
    world.wait(100);
    world.as.tokens.set(OTHER, activeAnswer({ exp: NOW + 150 }));
    const stream = listening(await withSession(world, session, { method: 'GET', token: OTHER }));
    world.wait(50);
    await settle();
    expect(stream.isOpen()).toBe(false);
  });

  it('and no longer', async () => {
    const world = createWorld();
    const { session } = await sessionWithStream(world);
    world.wait(100);
    world.wait(60);
    expect(world.told('session.closed')).toMatchObject([
      { session: fingerprint(session), reason: 'its token expired' },
    ]);
    world.as.tokens.set(OTHER, activeAnswer());
    expect((await listTools(world, session, OTHER)).status).toBe(404);
  });

  it('a request that is refused for that reason does not end it either', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.time.now += 100;
    expect((await listTools(world, session)).status).toBe(401);
    await stream.ended;
    world.as.tokens.set(OTHER, activeAnswer());
    expect((await listTools(world, session, OTHER)).status).toBe(200);
  });

  it('nothing happens if another one was used since', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.as.tokens.set(OTHER, activeAnswer({ exp: NOW + 200 }));
    await listTools(world, session, OTHER);
    world.wait(199);
    await settle();
    expect(stream.isOpen()).toBe(true);
    world.wait(1);
    await stream.ended;
  });

  it('nothing happens if nobody knows when that is', async () => {
    const world = createWorld();
    world.as.tokens.set(GOOD, activeAnswer({ exp: undefined }));
    const session = await openSession(world);
    const stream = listening(await withSession(world, session, { method: 'GET' }));
    world.wait(1_000_000);
    await settle();
    expect(stream.isOpen()).toBe(true);
  });
});

describe('when the token of a session turns out to be revoked', () => {
  it('the session ends with its streams, also for the next token', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.as.tokens.set(OTHER, activeAnswer());
    world.as.tokens.delete(GOOD);
    expect((await listTools(world, session)).status).toBe(401);
    await stream.ended;
    expect(world.told('session.closed')).toMatchObject([
      { session: fingerprint(session), reason: 'its token was revoked' },
    ]);
    expect((await listTools(world, session, OTHER)).status).toBe(404);
  });

  it('all sessions that were used last with it end', async () => {
    const world = createWorld();
    await Promise.all([openSession(world), openSession(world)]);
    world.as.tokens.delete(GOOD);
    await openSession(world);
    expect(world.told('session.closed')).toHaveLength(2);
  });

  it('so does one that it opens at that moment', async () => {
    const world = createWorld();
    const { opening, send } = slowInitialize(world);
    await expect.poll(() => world.as.introspections.length).toBe(1);
    await settle();
    world.as.tokens.delete(GOOD);
    expect((await world.post(LIST_TOOLS)).status).toBe(401);
    send();
    const session = (await opening).headers.get('mcp-session-id') ?? '';
    expect(world.told('session.closed')).toMatchObject([
      { session: fingerprint(session), reason: 'its token was revoked' },
    ]);
    world.as.tokens.set(OTHER, activeAnswer());
    expect((await listTools(world, session, OTHER)).status).toBe(404);
  });

  it('those that went on with another one stay', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.as.tokens.set(OTHER, activeAnswer());
    await listTools(world, session, OTHER);
    world.as.tokens.delete(GOOD);
    expect((await listTools(world, session)).status).toBe(401);
    expect((await listTools(world, session, OTHER)).status).toBe(200);
    expect(stream.isOpen()).toBe(true);
  });
});

describe('when the server has stopped', () => {
  it('no session is opened by an initialize that was longer in coming than it waited', async () => {
    const world = createWorld();
    const { opening, send } = slowInitialize(world);
    await expect.poll(() => world.as.introspections.length).toBe(1);
    await settle();
    await world.rs.close();
    send();
    expect((await opening).status).toBe(503);
    expect(world.told('session.opened')).toEqual([]);
  });
});

describe('a session does not end', () => {
  it('because of a token that nobody knows, even if it has the same fingerprint', async () => {
    const world = createWorld();
    const [known, unknown] = SAME_FINGERPRINT;
    expect(fingerprint(known)).toBe(fingerprint(unknown));
    world.as.tokens.set(known, activeAnswer());
    const session = await openSession(world, known);
    for (const token of [unknown, `${known}x`, known.slice(1)]) {
      expect((await listTools(world, session, token)).status).toBe(401);
    }
    expect((await listTools(world, session, known)).status).toBe(200);
  });

  it('because the authorization server can not be asked', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.as.up = false;
    expect((await listTools(world, session)).status).toBe(503);
    world.as.up = true;
    world.time.milliseconds += 60_000;
    expect((await listTools(world, session)).status).toBe(200);
    expect(stream.isOpen()).toBe(true);
  });

  it('because its token lacks a scope', async () => {
    const world = createWorld();
    const { session, stream } = await sessionWithStream(world);
    world.as.tokens.set(GOOD, activeAnswer({ exp: NOW + 100, scope: 'other' }));
    expect((await listTools(world, session)).status).toBe(403);
    world.as.tokens.set(GOOD, activeAnswer({ exp: NOW + 100 }));
    expect((await listTools(world, session)).status).toBe(200);
    expect(stream.isOpen()).toBe(true);
  });
});

describe('a stream of subscriptions/listen', () => {
  verifies(
    ['rs.protocol-subscriptions-graceful'],
    'ends when its token expires, with the result that says so',
    async () => {
      const world = createWorld(WITH_CHANGES);
      world.as.tokens.set(GOOD, activeAnswer({ exp: NOW + 100 }));
      const stream = listening(await subscribe(world));
      world.wait(99);
      await settle();
      expect(stream.isOpen()).toBe(true);
      world.wait(1);
      await stream.ended;
      expect(JSON.parse(eventsOf(stream.text()).at(-1)!)).toEqual({
        jsonrpc: '2.0',
        id: LISTEN.id,
        result: {
          resultType: 'complete',
          _meta: { 'io.modelcontextprotocol/subscriptionId': LISTEN.id },
        },
      });
      expect(world.told('stream.ended')).toMatchObject([
        { client_id: 'client-a', reason: 'its token expired' },
      ]);
    },
  );

  it('ends when its token turns out to be revoked, and no other does', async () => {
    const world = createWorld(WITH_CHANGES);
    world.as.tokens.set(OTHER, activeAnswer());
    const [revoked, other] = [listening(await subscribe(world)), listening(await subscribe(world, OTHER))];
    world.as.tokens.delete(GOOD);
    expect((await world.post(LISTEN)).status).toBe(401);
    await revoked.ended;
    await settle();
    expect(other.isOpen()).toBe(true);
    expect(world.told('stream.ended')).toMatchObject([{ reason: 'its token was revoked' }]);
  });

  it('is not told of as ended by the server if the client dropped it', async () => {
    const world = createWorld(WITH_CHANGES);
    const stream = listening(await subscribe(world));
    await stream.drop();
    world.wait(4000);
    expect(world.told('stream.ended')).toEqual([]);
  });

  it('ends with the server', async () => {
    const world = createWorld(WITH_CHANGES);
    const stream = listening(await subscribe(world));
    await world.rs.close();
    await stream.ended;
    expect(stream.text()).toContain('"resultType":"complete"');
  });
});
