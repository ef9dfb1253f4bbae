import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/shared/secret.js';
import {
  type Listening,
  listening,
  listTools,
  openSession,
  subscribe,
  WITH_CHANGES,
  withSession,
} from './sessions-support.js';
import { activeAnswer, createWorld, INITIALIZE, RESOURCE, type World } from './support.js';

/** A token of a user of that name, through a client that may be named after a slash. */
function tokenOf(world: World, name: string): string {
  const [user, client = 'client-a'] = name.split('/');
  const token = `token-of-${user}-${client}-0123456789abcdef0123456789abcdef`;
  world.as.tokens.set(token, activeAnswer({ sub: user, client_id: client }));
  return token;
}

async function openMany(world: World, user: string, count: number): Promise<string[]> {
  const token = tokenOf(world, user);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await openSession(world, token));
  return ids;
}

/** Opens the stream of a session of its own. */
async function listen(world: World, user: string): Promise<Response> {
  const [session] = await openMany(world, user, 1);
  return withSession(world, session, { method: 'GET', token: tokenOf(world, user) });
}

async function statusOf(world: World, session: string, user: string): Promise<number> {
  return (await listTools(world, session, tokenOf(world, user))).status;
}

describe('when there are too many sessions', () => {
  it('one of the same user makes room, though others are idle for longer', async () => {
    const world = createWorld({ maxSessions: 3 });
    const [ofAnn] = await openMany(world, 'ann', 1);
    const [first, second] = await openMany(world, 'ben', 2);
    const [third] = await openMany(world, 'ben', 1);
    expect(await statusOf(world, first!, 'ben')).toBe(404);
    expect(await statusOf(world, ofAnn!, 'ann')).toBe(200);
    expect(await statusOf(world, second!, 'ben')).toBe(200);
    expect(await statusOf(world, third!, 'ben')).toBe(200);
    expect(world.told('session.closed')).toMatchObject([
      { session: fingerprint(first!), reason: 'there were too many' },
    ]);
  });

  it('those who have most make room for somebody new', async () => {
    const world = createWorld({ maxSessions: 5 });
    const [ofAnn] = await openMany(world, 'ann', 1);
    const ofBen = await openMany(world, 'ben', 3);
    const [ofCleo] = await openMany(world, 'cleo', 1);
    const [ofDan] = await openMany(world, 'dan', 1);
    expect(await statusOf(world, ofBen[0]!, 'ben')).toBe(404);
    expect(await statusOf(world, ofAnn!, 'ann')).toBe(200);
    expect(await statusOf(world, ofCleo!, 'cleo')).toBe(200);
    expect(await statusOf(world, ofDan!, 'dan')).toBe(200);
  });

  it('a user who comes through many clients can not push the others out', async () => {
    const world = createWorld({ maxSessions: 3 });
    const [ofAnn] = await openMany(world, 'ann', 1);
    for (let n = 0; n < 4; n += 1) await openMany(world, `mallory/client-${n}`, 1);
    expect(await statusOf(world, ofAnn!, 'ann')).toBe(200);
  });

  it('one whose stream is open stays if there is another', async () => {
    const world = createWorld({ maxSessions: 2 });
    const [held, idle] = await openMany(world, 'ann', 2);
    await withSession(world, held, { method: 'GET', token: tokenOf(world, 'ann') });
    await statusOf(world, idle!, 'ann');
    await openMany(world, 'ann', 1);
    expect(await statusOf(world, held!, 'ann')).toBe(200);
    expect(await statusOf(world, idle!, 'ann')).toBe(404);
  });

  it('an idle one makes room if nobody has more than one', async () => {
    const world = createWorld({ maxSessions: 2 });
    await listen(world, 'ann');
    const [ofBen] = await openMany(world, 'ben', 1);
    await openMany(world, 'cleo', 1);
    expect(await statusOf(world, ofBen!, 'ben')).toBe(404);
  });

  it('and each is of somebody else and in use, the new one is refused for now', async () => {
    const world = createWorld({ maxSessions: 2 });
    const streams = [listening(await listen(world, 'ann')), listening(await listen(world, 'ben'))];
    const response = await world.post(INITIALIZE, tokenOf(world, 'cleo'));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('10');
    expect(response.headers.get('mcp-session-id')).toBeNull();
    expect(world.told('request.served').at(-1)).toMatchObject({ reason: 'sessions_busy' });
    expect(world.told('session.closed')).toEqual([]);
    expect(streams.every((stream) => stream.isOpen())).toBe(true);
  });
});

describe('of the places for streams', () => {
  async function fill(world: World, user: string, count: number): Promise<Listening[]> {
    const streams: Listening[] = [];
    for (let n = 0; n < count; n += 1) {
      const response = await listen(world, user);
      expect(response.status).toBe(200);
      streams.push(listening(response));
    }
    return streams;
  }

  it('a user gets no more of them by coming through many clients', async () => {
    const world = createWorld({ maxStreams: 20 });
    for (let n = 0; n < 10; n += 1) await fill(world, `mallory/client-${n}`, 1);
    expect((await listen(world, 'mallory/client-10')).status).toBe(429);
    expect((await listen(world, 'ann')).status).toBe(200);
  });

  it('a client without a user has its own share', async () => {
    const world = createWorld({ maxStreams: 20 });
    const tokens = ['a', 'b'].map((client) => {
      const token = `token-of-service-${client}-0123456789abcdef0123456789abcdef`;
      world.as.tokens.set(token, activeAnswer({ sub: undefined, client_id: client }));
      return token;
    });
    const statusFor = async (token: string): Promise<number> =>
      (await withSession(world, await openSession(world, token), { method: 'GET', token })).status;
    for (let n = 0; n < 10; n += 1) expect(await statusFor(tokens[0]!)).toBe(200);
    expect([await statusFor(tokens[0]!), await statusFor(tokens[1]!)]).toEqual([429, 200]);
  });

  it('one user may hold a tenth', async () => {
    const world = createWorld({ maxStreams: 110 });
    await fill(world, 'ann', 11);
    const refused = await listen(world, 'ann');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(world.told('request.served').at(-1)).toMatchObject({ reason: 'streams_too_many' });
    expect((await listen(world, 'ben')).status).toBe(200);
  });

  it('or ten, if that is more', async () => {
    const world = createWorld({ maxStreams: 20 });
    await fill(world, 'ann', 10);
    expect((await listen(world, 'ann')).status).toBe(429);
  });

  it('there are as many as the cap says, whoever holds them', async () => {
    const world = createWorld({ maxStreams: 2 });
    const [first] = await fill(world, 'ann', 1);
    await fill(world, 'ben', 1);
    const refused = await listen(world, 'cleo');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(world.told('request.served').at(-1)).toMatchObject({ reason: 'streams_busy' });
    await first!.drop();
    expect((await listen(world, 'cleo')).status).toBe(200);
  });

  it('one is free again when its session ends', async () => {
    const world = createWorld({ maxStreams: 1 });
    const [session] = await openMany(world, 'ann', 1);
    const token = tokenOf(world, 'ann');
    await withSession(world, session, { method: 'GET', token });
    expect((await listen(world, 'ben')).status).toBe(503);
    await withSession(world, session, { method: 'DELETE', token });
    expect((await listen(world, 'ben')).status).toBe(200);
  });

  it('none is used up by what is refused otherwise', async () => {
    const world = createWorld({ maxStreams: 1 });
    const token = tokenOf(world, 'ann');
    const [session] = await openMany(world, 'ann', 1);
    for (let n = 0; n < 3; n += 1) {
      const headers = { authorization: `Bearer ${token}`, 'mcp-session-id': session! };
      expect((await world.rs.fetch(new Request(RESOURCE, { headers }))).status).toBe(406);
    }
    expect((await listen(world, 'ann')).status).toBe(200);
  });

  it('requests that come at once get no more than there are', async () => {
    const world = createWorld({ maxStreams: 2 });
    const answers = await Promise.all(['ann', 'ben', 'cleo', 'dan'].map((user) => listen(world, user)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503, 503]);
  });

  it('one is free again when its stream breaks', async () => {
    const broken = (): Response =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new Error('broken')) }), {
        headers: { 'content-type': 'text/event-stream' },
      });
    const world = createWorld({
      maxStreams: 1,
      mcpServers: { '2026-07-28': () => ({ fetch: async () => broken(), close: async () => {} }) },
    });
    for (let n = 0; n < 2; n += 1) {
      const response = await subscribe(world, tokenOf(world, 'ann'));
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('broken');
    }
  });

  it('both eras have the same', async () => {
    const world = createWorld({ ...WITH_CHANGES, maxStreams: 1 });
    expect((await subscribe(world, tokenOf(world, 'ann'))).status).toBe(200);
    expect((await listen(world, 'ben')).status).toBe(503);
    expect((await subscribe(world, tokenOf(world, 'ben'))).status).toBe(503);
  });
});
