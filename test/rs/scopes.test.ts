import { describe, expect, it } from 'vitest';
import { activeAnswer, challengeOf, createWorld, GOOD, INITIALIZE, RESOURCE, type World } from './support.js';
import { verifies } from '../verifies.js';

const METADATA_URL = 'http://localhost:8001/.well-known/oauth-protected-resource/mcp';
const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test-client', version: '1.2.3' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

const call = (name: string, args: object = {}, id = 7) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

/** A world with the scoped tools, whose token has this scope. */
function worldOf(scope: string, options: Parameters<typeof createWorld>[0] = {}): World {
  const world = createWorld({ scopedTools: true, ...options });
  world.as.tokens.set(GOOD, activeAnswer({ scope }));
  return world;
}

/** Opens a session, and gives what POSTs a message in it. */
async function openSession(world: World): Promise<(message: unknown) => Promise<Response>> {
  const opened = await world.post(INITIALIZE);
  const session = opened.headers.get('mcp-session-id')!;
  return (message) => world.post(message, GOOD, { 'mcp-session-id': session });
}

function postModern(world: World, message: ReturnType<typeof call>): Promise<Response> {
  return world.post({ ...message, params: { ...message.params, _meta: MODERN_META } }, GOOD, {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': message.params.name,
  });
}

/** The result of a call, whether it came as JSON or as an event. */
async function resultOf(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  const data = text.startsWith('{') ? text : /^data: (\{.*)$/m.exec(text)![1]!;
  return (JSON.parse(data) as { result: Record<string, unknown> }).result;
}

type Poster = (message: ReturnType<typeof call>) => Promise<Response>;
type Options = NonNullable<Parameters<typeof createWorld>[0]>;

/** Each way a call can come, and the options that it takes. */
const ERAS: readonly [string, (world: World) => Promise<Poster>, Options][] = [
  ['in the era 2026-07-28', async (world) => (message) => postModern(world, message), {}],
  ['in a session of 2025', openSession, {}],
  ['of 2025 without a session', async (world) => (message) => world.post(message), { sessions: 'stateless' }],
];

describe.each(ERAS)('a call %s', (_era, opener, options) => {
  const worldWith = (scope: string) => worldOf(scope, options);

  verifies(
    [
      'rs.mcp-step-up-403',
      'rs.mcp-step-up-needed',
      'rs.mcp-step-up-together',
      'rs.protocol-tools-access',
      'rs.rfc9700-2.3-scope',
      'rs.oauth2.1-7.1.4-actions',
    ],
    'of a tool whose scope the token lacks is 403 with all scopes that it needs',
    async () => {
      const world = worldWith('user');
      const post = await opener(world);
      const response = await post(call('whoami'));
      expect(response.status).toBe(403);
      expect(challengeOf(response).parameters).toEqual({
        error: 'insufficient_scope',
        error_description: expect.stringMatching(/lacks the scope profile for whoami.*user profile/),
        resource_metadata: METADATA_URL,
        scope: 'user profile',
      });
      expect(await response.json()).toMatchObject({ error: 'insufficient_scope' });
      expect(world.told('bearer.challenged')).toMatchObject([
        {
          status: 403,
          reason: 'tool_scope_missing',
          tools: ['whoami'],
          needed: ['user', 'profile'],
          missing: ['profile'],
          token: expect.stringMatching(/^[0-9a-f]{8}$/),
        },
      ]);
      expect(world.told('request.served').at(-1)).toMatchObject({
        status: 403,
        reason: 'tool_scope_missing',
      });
    },
  );

  it('of a tool whose scope the token has is served', async () => {
    const world = worldWith('user profile');
    const response = await (await opener(world))(call('whoami'));
    expect(response.status).toBe(200);
    expect(await resultOf(response)).toMatchObject({ structuredContent: { sub: 'demo_user' } });
  });

  verifies(
    ['rs.protocol-tools-access', 'rs.protocol-caching-access', 'rs.protocol2025-tools-access'],
    'does not run the tool that is refused',
    async () => {
      const world = worldWith('user');
      const post = await opener(world);
      expect((await post(call('set_clock', { offset_seconds: 60 }))).status).toBe(403);
      const { structuredContent } = await resultOf(await post(call('get_time')));
      expect(structuredContent).not.toHaveProperty('offset_seconds');
    },
  );

  it('of a tool without scopes of its own needs no more than the server does', async () => {
    const world = worldWith('user');
    expect((await (await opener(world))(call('get_time'))).status).toBe(200);
  });

  it('of a tool that is not there is not a matter of scopes', async () => {
    const world = worldWith('user');
    await (
      await opener(world)
    )(call('no_such_tool'));
    expect(world.told('bearer.challenged')).toEqual([]);
  });
});

describe('scopes', () => {
  it('that every request needs come before those of a tool, and before the body is read', async () => {
    const world = worldOf('profile');
    const response = await world.post('no JSON at all');
    expect(response.status).toBe(403);
    expect(challengeOf(response).parameters).toMatchObject({ error: 'insufficient_scope', scope: 'user' });
    expect(world.told('bearer.challenged')).toMatchObject([
      { reason: 'scope_missing', tools: [], needed: ['user'], missing: ['user'] },
    ]);
  });

  it('do not matter for a message that cannot be read', async () => {
    const world = worldOf('user');
    expect((await world.post('{"method":"tools/call","params":{"name":"whoami"')).status).toBe(400);
  });

  verifies(
    ['rs.mcp-step-up-together', 'rs.mcp-step-up-experience'],
    'of all calls in a batch are named at once',
    async () => {
      const world = worldOf('user');
      const post = await openSession(world);
      const response = await post([call('get_time', {}, 1), call('whoami', {}, 2), call('set_clock', {}, 3)]);
      expect(response.status).toBe(403);
      expect(challengeOf(response).parameters['scope']).toBe('user profile time:write');
      expect(world.told('bearer.challenged')).toMatchObject([
        { tools: ['whoami', 'set_clock'], missing: ['profile', 'time:write'] },
      ]);
    },
  );

  it('keep a batch out as a whole if one of its calls lacks a scope', async () => {
    const world = worldOf('user time:write');
    const post = await openSession(world);
    const response = await post([call('set_clock', { offset_seconds: 60 }, 1), call('whoami', {}, 2)]);
    expect(response.status).toBe(403);
    const { structuredContent } = await resultOf(await post(call('get_time')));
    expect(structuredContent).not.toHaveProperty('offset_seconds');
  });

  it('are needed for a call without an id, or with null for one, too', async () => {
    const world = worldOf('user');
    const post = await openSession(world);
    const { id: _id, ...notification } = call('whoami');
    expect((await post(notification)).status).toBe(403);
    expect((await post({ ...notification, id: null })).status).toBe(403);
  });

  it('of tools do not keep anybody from seeing that the tools are there', async () => {
    const world = worldOf('user');
    const post = await openSession(world);
    const result = await resultOf(await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' }));
    const tools = result['tools'] as { name: string }[];
    expect(tools.map(({ name }) => name)).toEqual(['get_time', 'whoami', 'set_clock']);
  });

  it('of tools are not in the metadata, where clients would ask for all of them at once', async () => {
    const { rs } = worldOf('user');
    const metadata = (await (await rs.fetch(new Request(METADATA_URL))).json()) as object;
    expect(metadata).toMatchObject({ resource: RESOURCE, scopes_supported: ['user'] });
  });
});

describe('a broader scope', () => {
  verifies.each([
    ['that is said to imply the needed one', { admin: ['user'] }, 'admin', 200],
    ['that implies it by way of another', { root: ['admin'], admin: ['user'] }, 'root', 200],
    ['in a circle of scopes', { a: ['b'], b: ['c', 'a'], c: ['user', 'a'] }, 'a', 200],
    ['that nobody said anything of, though its name looks so', {}, 'user:admin', 403],
    ['whose name the needed one begins with', { use: ['other'] }, 'use', 403],
    ['that is the narrower one', { user: ['user:read'] }, 'user:read', 403],
    ['that has the name of a member of all objects', {}, 'constructor __proto__ toString', 403],
  ])(['rs.mcp-step-up-hierarchy'], '%s', async (_what, scopeImplies, scope, status) => {
    const world = worldOf(scope, { scopeImplies });
    const response = await world.post(INITIALIZE);
    expect(response.status).toBe(status);
    if (status === 403) expect(challengeOf(response).parameters['scope']).toBe('user');
  });

  verifies.each(ERAS)(
    ['rs.mcp-step-up-hierarchy'],
    'does for tools too, %s: time includes time:write',
    async (_era, opener, options) => {
      const world = worldOf('user time', options);
      const post = await opener(world);
      expect((await post(call('set_clock', { offset_seconds: 60 }))).status).toBe(200);
      expect((await post(call('whoami'))).status).toBe(403);
    },
  );

  it('of the scoped tools is joined by what is said of the same scope', async () => {
    const world = worldOf('time', { scopeImplies: { time: ['user'] } });
    const post = await openSession(world);
    expect((await post(call('set_clock', { offset_seconds: 60 }))).status).toBe(200);
  });

  it('is not what a challenge names', async () => {
    const world = worldOf('user', { scopeImplies: { all: ['profile', 'time:write'] } });
    const post = await openSession(world);
    const response = await post(call('set_clock', { offset_seconds: 60 }));
    expect(challengeOf(response).parameters['scope']).toBe('user time:write');
  });

  it('time implies nothing where the scoped tools are not there', async () => {
    const world = createWorld({ requiredScopes: ['time:write'] });
    world.as.tokens.set(GOOD, activeAnswer({ scope: 'time' }));
    expect((await world.post(INITIALIZE)).status).toBe(403);
  });
});

describe('without required scopes', () => {
  it('a token that has none is let through, and neither challenge nor metadata name any', async () => {
    const world = worldOf('', { requiredScopes: [] });
    expect((await world.post(INITIALIZE)).status).toBe(200);
    const challenged = await world.rs.fetch(new Request(RESOURCE, { method: 'POST' }));
    expect(challengeOf(challenged).parameters).toEqual({ resource_metadata: METADATA_URL });
    const metadata = (await (await world.rs.fetch(new Request(METADATA_URL))).json()) as object;
    expect(metadata).not.toHaveProperty('scopes_supported');
  });

  it('a tool still needs its own', async () => {
    const world = worldOf('', { requiredScopes: [] });
    const response = await (await openSession(world))(call('whoami'));
    expect(response.status).toBe(403);
    expect(challengeOf(response).parameters['scope']).toBe('profile');
  });
});

describe('options', () => {
  verifies.each([
    ['an empty required scope', { requiredScopes: [''] }, 'requiredScopes'],
    ['two scopes in one', { requiredScopes: ['user profile'] }, 'requiredScopes'],
    [
      'offline_access, which is no matter of a resource',
      { requiredScopes: ['offline_access'] },
      'requiredScopes',
    ],
    ['a broad scope that is none', { scopeImplies: { 'a b': ['c'] } }, 'scopeImplies'],
    ['a narrow scope that is none', { scopeImplies: { a: ['"'] } }, 'scopeImplies'],
    ['a broad scope without a narrower one', { scopeImplies: { a: [] } }, 'scopeImplies'],
  ])(['rs.mcp-refresh-no-offline-access'], 'with %s are refused', (_what, options, option) => {
    expect(() => createWorld(options)).toThrow(expect.objectContaining({ option }) as Error);
  });
});

describe('without scopedTools', () => {
  it('there is one tool', async () => {
    const world = createWorld();
    const post = await openSession(world);
    const result = await resultOf(await post({ jsonrpc: '2.0', id: 2, method: 'tools/list' }));
    expect((result['tools'] as { name: string }[]).map(({ name }) => name)).toEqual(['get_time']);
  });
});
