import { describe, expect, it } from 'vitest';
import { createClockOffsets } from '../../src/rs/tools/clock-offsets.js';
import { connectV1, connectV2 } from './clients.js';
import { activeAnswer, createWorld, GOOD, INITIALIZE, ISSUER, NOW, RESOURCE, type World } from './support.js';
import { verifies } from '../verifies.js';

const ALL_SCOPES = 'user profile time:write';
const OTHER = 'other-token-0123456789abcdef0123456789abcdef';

/** A world with the scoped tools, of whose token the authorization server says this. */
function worldWith(changes: Readonly<Record<string, unknown>> = {}): World {
  const world = createWorld({ scopedTools: true });
  world.as.tokens.set(GOOD, activeAnswer({ scope: ALL_SCOPES, ...changes }));
  return world;
}

async function whoami(world: World) {
  const client = await connectV2(world);
  const result = await client.callTool({ name: 'whoami', arguments: {} });
  return { text: JSON.stringify(result.content), shown: result.structuredContent as Record<string, unknown> };
}

/** Calls a tool without a client, with any token. */
async function callWith(
  world: World,
  token: string,
  name: string,
  args: object,
): Promise<Record<string, unknown>> {
  const opened = await world.post(INITIALIZE, token);
  const call = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: args } };
  const response = await world.post(call, token, { 'mcp-session-id': opened.headers.get('mcp-session-id')! });
  const [, data] = /^data: (\{.*)$/m.exec(await response.text())!;
  return (JSON.parse(data!) as { result: { structuredContent: Record<string, unknown> } }).result
    .structuredContent;
}

describe('whoami', () => {
  it('shows the claims of the token as they were verified', async () => {
    const { shown, text } = await whoami(worldWith({ iat: NOW - 5, username: 'demo' }));
    expect(shown).toEqual({
      iss: ISSUER,
      sub: 'demo_user',
      client_id: 'client-a',
      scope: ALL_SCOPES,
      claims: {
        active: true,
        client_id: 'client-a',
        sub: 'demo_user',
        scope: ALL_SCOPES,
        aud: RESOURCE,
        iss: ISSUER,
        exp: NOW + 3600,
        iat: NOW - 5,
        token_type: 'Bearer',
        username: 'demo',
      },
      withheld: [],
    });
    expect(text).toContain('You are demo_user, through the client client-a');
  });

  it('is the same in both eras', async () => {
    const world = worldWith();
    const [old, modern] = await Promise.all([connectV1(world), connectV2(world)]);
    const call = { name: 'whoami', arguments: {} };
    expect((await old.callTool(call)).structuredContent).toEqual(
      (await modern.callTool(call)).structuredContent,
    );
  });

  it('works for a token that names neither user nor client', async () => {
    const { shown, text } = await whoami(worldWith({ sub: undefined, client_id: undefined }));
    expect(shown).not.toHaveProperty('sub');
    expect(shown).not.toHaveProperty('client_id');
    expect(text).toContain('nobody in particular');
  });

  it.each([
    ['the identifier of the token', { jti: 'abc' }],
    ['the session', { sid: 'abc' }],
    ['a session under another name', { session_state: 'abc' }],
    ['what calls itself a token', { upstream_access_token: 'abc' }],
    ['what calls itself a secret', { clientSecret: 'abc' }],
    ['what looks random enough to be one', { opaque: 'dGhpcyBpcyBhIHRva2VuIHRoYXQgaXMgbG9uZw' }],
    ['a JWT in a text', { note: 'take eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl' }],
    ['a secret further down', { app: { list: [{ password: 'abc' }] } }],
    ['what is nested too deep to be looked at', { deep: { a: { b: { c: { d: 1 } } } } }],
  ])('withholds %s, and says so', async (_what, claim) => {
    const { shown, text } = await whoami(worldWith(claim));
    const [name] = Object.keys(claim);
    expect(shown['claims']).not.toHaveProperty(name!);
    expect(shown['withheld']).toEqual([name]);
    expect(text).not.toMatch(/abc|dGhpc|eyJ/);
  });

  it.each([
    ['roles', { realm_access: { roles: ['reader', 'writer'] } }],
    ['a mail address', { email: 'demo@example.com' }],
    ['the id of a user or tenant, which is long too', { oid: '0b8a2f5e-52b1-4f0a-9c71-3f4f2d3b1c55' }],
    ['what is no text', { email_verified: true, auth_time: 1 }],
  ])('shows %s', async (_what, claims) => {
    const { shown } = await whoami(worldWith(claims));
    expect(shown['claims']).toMatchObject(claims);
    expect(shown['withheld']).toEqual([]);
  });

  it('cuts what nobody would read', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`claim_${at}`, at]));
    const { shown, text } = await whoami(
      worldWith({
        note: 'so long '.repeat(1000),
        list: Array.from({ length: 500 }, (_, at) => at),
        ['name '.repeat(100)]: 1,
        ...many,
      }),
    );
    const claims = shown['claims'] as Record<string, unknown>;
    expect(claims['note']).toHaveLength(201);
    expect(claims['list']).toHaveLength(20);
    expect(Object.keys(claims)).toHaveLength(40);
    expect(text.length).toBeLessThan(6000);
  });

  verifies(
    ['rs.mcp-theft-storage', 'rs.protocol-tools-output'],
    'never shows the token itself, though the authorization server repeats it',
    async () => {
      const { text } = await whoami(worldWith({ token: GOOD, note: `it is ${GOOD}` }));
      expect(text).not.toContain(GOOD);
    },
  );
});

describe('set_clock', () => {
  it('moves what get_time shows, and get_time says so', async () => {
    const client = await connectV2(worldWith());
    const set = await client.callTool({ name: 'set_clock', arguments: { offset_seconds: -90 } });
    expect(set.structuredContent).toEqual({ offset_seconds: -90, previous_offset_seconds: 0 });
    const { structuredContent, content } = await client.callTool({ name: 'get_time', arguments: {} });
    expect(structuredContent).toEqual({
      iso8601: '2026-09-21T14:11:50+00:00',
      epoch_seconds: NOW - 90,
      timezone: 'UTC',
      offset_seconds: -90,
    });
    expect(content).toMatchObject([
      { text: expect.stringContaining('90 s back') },
      { text: JSON.stringify(structuredContent) },
    ]);
  });

  it('with 0 puts the clock right again', async () => {
    const client = await connectV2(worldWith());
    await client.callTool({ name: 'set_clock', arguments: { offset_seconds: 5 } });
    const set = await client.callTool({ name: 'set_clock', arguments: { offset_seconds: 0 } });
    expect(set.structuredContent).toEqual({ offset_seconds: 0, previous_offset_seconds: 5 });
    const { structuredContent } = await client.callTool({ name: 'get_time', arguments: {} });
    expect(structuredContent).toEqual({
      iso8601: '2026-09-21T14:13:20+00:00',
      epoch_seconds: NOW,
      timezone: 'UTC',
    });
  });

  it.each([31_536_001, -31_536_001, 0.5, '60', null])('refuses an offset of %j', async (offset_seconds) => {
    const client = await connectV1(worldWith());
    const result = await client.callTool({ name: 'set_clock', arguments: { offset_seconds } });
    expect(result.isError).toBe(true);
    expect((await client.callTool({ name: 'get_time', arguments: {} })).structuredContent).not.toHaveProperty(
      'offset_seconds',
    );
  });

  it.each([
    ['another user', { sub: 'somebody_else' }],
    ['another client of the same user', { client_id: 'client-b' }],
  ])('leaves the clock of %s alone', async (_who, changes) => {
    const world = worldWith();
    world.as.tokens.set(OTHER, activeAnswer({ scope: ALL_SCOPES, ...changes }));
    await callWith(world, GOOD, 'set_clock', { offset_seconds: 60 });
    expect(await callWith(world, OTHER, 'get_time', {})).not.toHaveProperty('offset_seconds');
  });

  verifies(
    ['rs.protocol-stateless-identifier'],
    'holds for the next token of the same client and user, and in the other era',
    async () => {
      const world = worldWith();
      world.as.tokens.set(OTHER, activeAnswer({ scope: ALL_SCOPES, exp: NOW + 7200 }));
      const client = await connectV2(world);
      await client.callTool({ name: 'set_clock', arguments: { offset_seconds: 60 } });
      expect(await callWith(world, OTHER, 'get_time', {})).toMatchObject({ offset_seconds: 60 });
    },
  );

  it('keeps a thousand clocks; the one that was set longest ago is right again then', () => {
    const offsets = createClockOffsets();
    const tokenOf = (sub: string) => ({ fingerprint: '', iss: ISSUER, sub, scope: [], aud: [], claims: {} });
    for (let at = 0; at < 1000; at += 1) offsets.set(tokenOf(`user-${at}`), 60);
    offsets.set(tokenOf('user-0'), 30);
    expect(offsets.of(tokenOf('user-1'))).toBe(60);
    offsets.set(tokenOf('one-more'), 60);
    expect(offsets.of(tokenOf('user-1'))).toBe(0);
    expect(offsets.of(tokenOf('user-0'))).toBe(30);
    expect(offsets.of(tokenOf('one-more'))).toBe(60);
  });
});
