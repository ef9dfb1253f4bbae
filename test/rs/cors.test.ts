import { describe, expect, it } from 'vitest';
import {
  activeAnswer,
  createWorld,
  GOOD,
  INITIALIZE,
  LIST_TOOLS,
  mcpRequest,
  RESOURCE,
  type World,
} from './support.js';
import { verifies } from '../verifies.js';

const PAGE = 'http://localhost:6274';
const ORIGIN = 'http://localhost:8001';
const METADATA = `${ORIGIN}/.well-known/oauth-protected-resource/mcp`;
const AUTHORIZED = { authorization: `Bearer ${GOOD}` };

type Sent = (world: World, origin: Readonly<Record<string, string>>) => Promise<Response>;

const answers: readonly (readonly [string, number, Sent])[] = [
  ['the metadata', 200, ({ rs }, origin) => rs.fetch(new Request(METADATA, { headers: origin }))],
  ['the first challenge', 401, ({ rs }, origin) => rs.fetch(mcpRequest(INITIALIZE, origin))],
  ['the refusal of a token', 401, ({ post }, origin) => post(INITIALIZE, 'unknown', origin)],
  [
    'the refusal of a token without the scope',
    403,
    ({ as, post }, origin) => {
      as.tokens.set(GOOD, activeAnswer({ scope: 'other' }));
      return post(INITIALIZE, GOOD, origin);
    },
  ],
  ['an answer of MCP', 200, ({ post }, origin) => post(INITIALIZE, GOOD, origin)],
  ['an error of MCP', 400, ({ post }, origin) => post(LIST_TOOLS, GOOD, origin)],
  [
    'an authorization server that is missing',
    503,
    ({ as, post }, origin) => {
      as.up = false;
      return post(INITIALIZE, GOOD, origin);
    },
  ],
  [
    'a fault',
    500,
    (_world, origin) => {
      const random = {
        token: (): string => {
          throw new Error('no entropy');
        },
      };
      return createWorld({}, { random }).post(INITIALIZE, GOOD, origin);
    },
  ],
  [
    'another method',
    405,
    ({ rs }, origin) => rs.fetch(new Request(RESOURCE, { method: 'PATCH', headers: origin })),
  ],
  [
    'a path that there is not',
    404,
    ({ rs }, origin) => rs.fetch(new Request(`${ORIGIN}/sse`, { headers: origin })),
  ],
  [
    'another name in Host',
    403,
    ({ rs }, origin) =>
      rs.fetch(mcpRequest(INITIALIZE, { ...AUTHORIZED, ...origin, host: 'tunnel.example' })),
  ],
];

describe('a page of an allowed origin', () => {
  it.each(answers)('can read %s', async (_what, status, sent) => {
    const response = await sent(createWorld(), { origin: PAGE });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    // No cookie is looked at here, so none needs to be sent.
    expect(response.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('can read every header that says what to do', async () => {
    const response = await createWorld().post(INITIALIZE, GOOD, { origin: PAGE });
    const exposed = response.headers.get('access-control-expose-headers')!.toLowerCase().split(', ');
    for (const name of ['www-authenticate', 'mcp-session-id', 'mcp-protocol-version', 'retry-after', 'allow'])
      expect(exposed).toContain(name);
  });

  it('may send every header that MCP has, and every other that begins with Mcp-', async () => {
    const wanted = ['authorization', 'mcp-method', 'mcp-name', 'mcp-param-city', 'last-event-id'];
    const preflight = await createWorld().rs.fetch(
      new Request(RESOURCE, {
        method: 'OPTIONS',
        headers: {
          origin: PAGE,
          'access-control-request-method': 'DELETE',
          'access-control-request-headers': [...wanted, 'cookie2', 'x-other'].join(','),
        },
      }),
    );
    expect(preflight.status).toBe(204);
    const allowed = preflight.headers.get('access-control-allow-headers')!.toLowerCase().split(', ');
    for (const name of wanted) expect(allowed).toContain(name);
    expect(allowed).not.toContain('x-other');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE, OPTIONS');
  });
});

describe('caches', () => {
  it.each(answers)('are told that %s depends on the origin, whoever asks', async (_what, _status, sent) => {
    for (const origin of [undefined, PAGE, 'https://evil.example']) {
      const response = await sent(createWorld(), origin === undefined ? {} : { origin });
      expect(response.headers.get('vary')).toContain('Origin');
    }
  });
});

describe.each([
  'https://evil.example',
  'null',
  'file://',
  'http://localhost:6274/',
  'HTTP://LOCALHOST:6274',
  '',
])('the origin "%s"', (origin) => {
  verifies.each(['GET', 'POST', 'DELETE', 'OPTIONS'])(
    [
      'rs.http-security-origin',
      'rs.http-security-origin-403',
      'rs.http2025-security-origin',
      'rs.http2025-security-origin-403',
    ],
    'may not send %s',
    async (method) => {
      const world = createWorld();
      const response = await world.rs.fetch(
        new Request(RESOURCE, {
          method,
          headers: { ...AUTHORIZED, origin, 'access-control-request-method': 'POST' },
        }),
      );
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
      expect(world.as.introspections).toEqual([]);
    },
  );
});

describe('who is no page', () => {
  it('and sends no Origin is served, and told nothing of pages', async () => {
    const response = await createWorld().post(INITIALIZE);
    expect(response.status).toBe(200);
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });
});
