import { describe, expect, it } from 'vitest';
import { brokenPair, RESOURCE } from '../defects/tampering.js';
import {
  AS_METADATA,
  createForeignPair,
  inspect,
  json,
  modernMcp,
  protectedMcp,
  RESOURCE_METADATA,
  type Routes,
} from '../support.js';

const ORIGIN = 'http://localhost:6274';
const MCP = 'mcp.example/mcp';
const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Authorization, Content-Type, MCP-Protocol-Version',
};

function answer(status: number, headers: Record<string, string>) {
  return () => new Response(null, { status, headers });
}

/** A 401 to requests of a page has these headers too. */
function challengeWith(headers: Record<string, string>): Routes[string] {
  const plain = protectedMcp(modernMcp) as (request: Request) => Promise<Response>;
  return async (request) => {
    const response = await plain(request);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  };
}

/** A pair that lets pages do everything but sign in. */
const OPEN_PAIR: Routes = {
  [`OPTIONS ${MCP}`]: answer(204, OPEN),
  [`POST ${MCP}`]: challengeWith({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id',
  }),
  'GET mcp.example/.well-known/oauth-protected-resource/mcp': json(RESOURCE_METADATA, { headers: OPEN }),
  'GET as.example/.well-known/oauth-authorization-server': json(AS_METADATA, { headers: OPEN }),
  'OPTIONS as.example/token': answer(204, OPEN),
  'OPTIONS as.example/register': answer(200, OPEN),
};

async function crossOrigin(routes: Routes = {}) {
  const pair = createForeignPair({ ...OPEN_PAIR, ...routes });
  const { document, check } = await inspect(pair.fetch, { crossOrigin: true });
  return { document, check, requests: pair.requests };
}

const named = { ...OPEN, 'access-control-allow-origin': ORIGIN };
const credentials = { ...OPEN, 'access-control-allow-credentials': 'true' };
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';

describe('a client in a browser', () => {
  it('gets through where both servers let it', async () => {
    const { document } = await crossOrigin();
    const checks = document.checks.filter(({ step }) => step === 'cross-origin');
    expect(checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
    expect(checks.filter(({ status }) => status === 'pass').length).toBeGreaterThanOrEqual(9);
  });

  it('is no matter of the flow: it completes as well where no server knows of pages', async () => {
    const { document, check } = await inspect(createForeignPair().fetch, { crossOrigin: true }).then(
      (inspected) => inspected,
    );
    expect(document.outcome).toBe('completed');
    expect(document.steps.at(-1)).toMatchObject({ id: 'cross-origin', outcome: 'done' });
    for (const id of ['rs.cors-mcp', 'rs.cors-metadata', 'as.cors-metadata', 'as.cors-token']) {
      expect(check(id)).toBe('skip');
    }
    expect(check('as.cors-not-authorization')).toBe('pass');
  });

  it('changes nothing by asking: no client is registered, no token asked for, no tool called', async () => {
    const { document } = await crossOrigin();
    const asked = document.exchanges.filter(({ step }) => step === 'cross-origin');
    expect(asked).toHaveLength(7);
    for (const { request } of asked) {
      expect(request.headers).toMatchObject({ origin: ORIGIN });
      expect(request.headers).not.toHaveProperty('authorization');
      expect(request.method).toMatch(/^(?:OPTIONS|GET|POST)$/);
      if (request.method === 'POST') expect(request.url).toBe('https://mcp.example/mcp');
    }
    expect(document.registration.register_called).toBe(true);
  });

  it('is left out where its user says so', async () => {
    const pair = createForeignPair();
    const { document } = await inspect(pair.fetch, { crossOrigin: false });
    expect(document.steps.map(({ id }) => id)).not.toContain('cross-origin');
    expect(pair.requests.some((request) => request.startsWith('OPTIONS'))).toBe(false);
  });

  it.each<readonly [check: string, status: string, routes: Routes]>([
    ['rs.cors-mcp', 'skip', { [`OPTIONS ${MCP}`]: answer(401, OPEN) }],
    ['rs.cors-mcp', 'skip', { [`OPTIONS ${MCP}`]: answer(204, { 'access-control-allow-origin': '*' }) }],
    [
      'rs.cors-mcp',
      'skip',
      { [`OPTIONS ${MCP}`]: answer(204, { ...OPEN, 'access-control-allow-origin': 'https://app.example' }) },
    ],
    [
      'rs.cors-authorization-named',
      'warn',
      { [`OPTIONS ${MCP}`]: answer(204, { ...OPEN, 'access-control-allow-headers': '*' }) },
    ],
    ['rs.cors-challenge', 'warn', { [`POST ${MCP}`]: protectedMcp(modernMcp) }],
    ['rs.cors-challenge', 'warn', { [`POST ${MCP}`]: challengeWith({ 'access-control-allow-origin': '*' }) }],
    ['rs.cors-credentials', 'warn', { [`OPTIONS ${MCP}`]: answer(204, credentials) }],
    ['rs.cors-vary', 'warn', { [`OPTIONS ${MCP}`]: answer(204, named) }],
    ['rs.cors-vary', 'pass', { [`OPTIONS ${MCP}`]: answer(204, { ...named, vary: 'Accept, Origin' }) }],
    [
      'rs.cors-metadata',
      'skip',
      { 'GET mcp.example/.well-known/oauth-protected-resource/mcp': json(RESOURCE_METADATA) },
    ],
    ['as.cors-metadata', 'skip', { [AS_ROUTE]: json(AS_METADATA) }],
    ['as.cors-token', 'skip', { 'OPTIONS as.example/token': undefined }],
    [
      'as.cors-registration',
      'skip',
      { 'OPTIONS as.example/register': answer(204, { 'access-control-allow-origin': '*' }) },
    ],
    ['as.cors-not-authorization', 'fail', { 'OPTIONS as.example/authorize': answer(204, OPEN) }],
    ['as.cors-credentials', 'warn', { 'OPTIONS as.example/token': answer(204, credentials) }],
    ['as.cors-vary', 'warn', { [AS_ROUTE]: json(AS_METADATA, { headers: named }) }],
  ])('settles %s with %s', async (id, status, routes) => {
    const { check, document } = await crossOrigin(routes);
    expect(check(id)).toBe(status);
    expect(document.outcome).toBe('completed');
  });

  it('gets through at our own pair, where no SHOULD is broken', async () => {
    const { document, check } = await inspect(brokenPair({}), { target: RESOURCE, crossOrigin: true });
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
    for (const id of [
      'rs.cors-mcp',
      'rs.cors-challenge',
      'rs.cors-metadata',
      'as.cors-metadata',
      'as.cors-token',
    ]) {
      expect(check(id), id).toBe('pass');
    }
  });
});
