import { describe, expect, it } from 'vitest';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CHALLENGE,
  createForeignPair,
  inspect,
  json,
  modernMcp,
  RESOURCE_METADATA,
  type Routes,
} from './support.js';

const refused = () =>
  new Response(null, {
    status: 401,
    headers: { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` },
  });

/** A server that takes so many requests with the token, and then no more. */
function forgetful(takes: number): Routes {
  let taken = 0;
  return {
    'POST mcp.example/mcp': (request) => {
      const good = request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}`;
      if (!good) return new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } });
      return taken++ < takes ? modernMcp(request) : refused();
    },
  };
}

describe('a token that the server refuses with 401', () => {
  it('ends the flow at once if it is fresh, with no second authorization', async () => {
    const pair = createForeignPair(forgetful(0));
    const { document, failed, check } = await inspect(pair.fetch);
    expect(document.outcome).toBe('failed');
    expect(failed).toMatchObject({ id: 'mcp-call', reason: expect.stringContaining('401 invalid_token') });
    expect(check('rs.token-accepted')).toBe('fail');
    expect(
      pair.requests.filter((request) => request.startsWith('POST https://as.example/token')),
    ).toHaveLength(1);
  });

  it.each([1, 2])(
    'after it took %i requests ends it too, if the authorization server is the same',
    async (takes) => {
      const pair = createForeignPair(forgetful(takes));
      const { document, failed } = await inspect(pair.fetch);
      expect(document.outcome).toBe('failed');
      expect(failed?.reason).toContain('still https://as.example');
      const failing = document.checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
      expect(failing).toEqual(['rs.token-accepted']);
      expect(
        pair.requests.filter((request) => request.startsWith('POST https://as.example/token')),
      ).toHaveLength(1);
    },
  );
});

const SECOND = 'https://as.example/second';

/** A server that changes to another authorization server after its first answer, and back if it is told to. */
function moving(moves: number): Routes {
  let tokens = 0;
  let moved = 0;
  const inCharge = () => (moved % 2 === 0 ? AS_METADATA.issuer : SECOND);
  const valid = () => `Bearer foreign-token-${tokens}-0123456789abcdef`;
  let taken = 0;
  return {
    'GET mcp.example/.well-known/oauth-protected-resource/mcp': () =>
      Response.json({ ...RESOURCE_METADATA, authorization_servers: [inCharge()] }),
    'GET as.example/.well-known/oauth-authorization-server/second': json({
      ...AS_METADATA,
      issuer: SECOND,
      authorization_response_iss_parameter_supported: false,
      authorization_endpoint: 'https://as.example/second/authorize',
      registration_endpoint: 'https://as.example/second/register',
    }),
    'POST as.example/second/register': json(
      { client_id: 'registered-at-second' },
      { status: 201, headers: { 'cache-control': 'no-store' } },
    ),
    'GET as.example/second/authorize': (request) => {
      const { searchParams } = new URL(request.url);
      const back = new URL(searchParams.get('redirect_uri')!);
      back.searchParams.set('code', `code-of-${searchParams.get('client_id')}`);
      back.searchParams.set('state', searchParams.get('state')!);
      return new Response(null, { status: 302, headers: { location: back.href } });
    },
    'POST as.example/token': () => {
      tokens += 1;
      taken = 0;
      const body = { access_token: valid().slice('Bearer '.length), token_type: 'Bearer', expires_in: 600 };
      return Response.json(body, { headers: { 'cache-control': 'no-store' } });
    },
    'POST mcp.example/mcp': (request) => {
      if (request.headers.get('authorization') !== valid()) return refused();
      taken += 1;
      if (taken === 1 || moved === moves) return modernMcp(request);
      moved += 1;
      return refused();
    },
  };
}

describe('an MCP server that changes to another authorization server', () => {
  it('is followed: the client registers there, and takes nothing along', async () => {
    const pair = createForeignPair(moving(1));
    const { document } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(document.registration).toMatchObject({ route: 'dcr', client_id: 'registered-at-second' });
    expect(pair.requests).toContain('POST https://as.example/second/register');
    const atSecond = pair.requests.filter((request) => request.includes('/second/authorize?'));
    expect(atSecond).toHaveLength(1);
    expect(atSecond[0]).not.toContain('registered-1');
  });

  it('is followed once, and not in circles', async () => {
    const pair = createForeignPair(moving(9));
    const { document } = await inspect(pair.fetch);
    expect(document).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('gives up') });
    expect(
      pair.requests.filter((request) => request.startsWith('POST https://as.example/token')),
    ).toHaveLength(2);
  });

  it('gets no client_id that belongs to the former', async () => {
    const pair = createForeignPair(moving(1));
    const { failed } = await inspect(pair.fetch, {
      clientId: 'mine',
      clientSecret: 'my-secret-0123456789abcdef',
    });
    expect(failed).toMatchObject({
      id: 'registration',
      reason: expect.stringContaining('belongs to https://as.example'),
    });
    expect(pair.requests.join('\n')).not.toMatch(/second\/(authorize|token)/);
  });
});
