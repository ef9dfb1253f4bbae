import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/shared/configuration-error.js';
import { createResourceServer, type ResourceServerOptions } from '../../src/rs/index.js';
import { VERSION } from '../../src/shared/version.js';
import { createWorld, GOOD, INITIALIZE, ISSUER, mcpRequest, RESOURCE } from './support.js';
import { verifies } from '../verifies.js';

const TRUSTED = [{ issuer: ISSUER, introspectionCredentials: { id: 'rs', secret: 'secret' } }];

const OUTSIDE_DEMO = { demoMode: false, resource: 'https://mcp.example/mcp', authServers: TRUSTED };

const ORIGIN = 'http://localhost:8001';
const METADATA = `${ORIGIN}/.well-known/oauth-protected-resource/mcp`;
const ROOT_METADATA = `${ORIGIN}/.well-known/oauth-protected-resource`;
const PAGE = 'http://localhost:6274';

describe('the protected resource metadata', () => {
  verifies.each([METADATA, ROOT_METADATA])(
    [
      'rs.mcp-overview-prm',
      'rs.mcp-location-authorization-servers',
      'rs.mcp-discovery-one-way',
      'rs.rfc9728-3-location',
      'rs.rfc9728-3.1-get',
    ],
    'is at %s',
    async (url) => {
      const { rs, told } = createWorld({ requiredScopes: ['user', 'time:read'] });
      const response = await rs.fetch(new Request(url));
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        resource: RESOURCE,
        authorization_servers: [ISSUER],
        scopes_supported: ['user', 'time:read'],
        bearer_methods_supported: ['header'],
      });
      expect(told('rs.metadata_read')).toHaveLength(1);
    },
  );

  it('spells the issuer as the authorization server does, from the first request on', async () => {
    const { as, rs } = createWorld();
    as.issuer = `${ISSUER}/`;
    expect(await (await rs.fetch(new Request(METADATA))).json()).toMatchObject({
      authorization_servers: [`${ISSUER}/`],
    });
  });

  it('is served while the authorization server is down, with the issuer as configured', async () => {
    const { as, rs, time } = createWorld({ authServers: [{ issuer: `${ISSUER}/` }] });
    as.up = false;
    const issuerNow = async () =>
      ((await (await rs.fetch(new Request(METADATA))).json()) as Record<string, unknown>)[
        'authorization_servers'
      ];
    expect(await issuerNow()).toEqual([ISSUER]);
    as.up = true;
    as.issuer = `${ISSUER}/`;
    time.milliseconds += 1000;
    expect(await issuerNow()).toEqual([`${ISSUER}/`]);
  });

  verifies(['rs.http-endpoint-one'], 'follows the path of the resource, and MCP does too', async () => {
    const { rs } = createWorld({ resource: `${ORIGIN}/api/mcp` });
    const url = `${ORIGIN}/.well-known/oauth-protected-resource/api/mcp`;
    expect((await rs.fetch(new Request(url))).status).toBe(200);
    expect((await rs.fetch(new Request(`${ORIGIN}/api/mcp`, { method: 'POST' }))).status).toBe(401);
    expect((await rs.fetch(new Request(RESOURCE, { method: 'POST' }))).status).toBe(404);
  });
});

describe('requests that lead nowhere', () => {
  it('an unknown path is 404, and the text says where MCP is', async () => {
    const { rs, told } = createWorld();
    const response = await rs.fetch(new Request(`${ORIGIN}/`));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error_description: expect.stringContaining(RESOURCE) });
    expect(told('request.served')).toMatchObject([{ path: '/', status: 404, reason: 'path_unknown' }]);
  });

  it.each([
    [RESOURCE, 'PUT', 'GET, POST, DELETE, OPTIONS'],
    [RESOURCE, 'HEAD', 'GET, POST, DELETE, OPTIONS'],
    [METADATA, 'POST', 'GET, HEAD, OPTIONS'],
    [ROOT_METADATA, 'DELETE', 'GET, HEAD, OPTIONS'],
  ])('%s does not know %s: 405 with Allow', async (url, method, allow) => {
    const { rs } = createWorld();
    const response = await rs.fetch(new Request(url, { method }));
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
  });

  it('a fault inside is a server_error that says nothing, and an event that says all', async () => {
    const { rs, told } = createWorld(
      {},
      {
        random: {
          token: () => {
            throw new Error('no entropy');
          },
        },
      },
    );
    const response = await rs.fetch(mcpRequest(INITIALIZE, { authorization: `Bearer ${GOOD}` }));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('no entropy');
    expect(told('server.fault')).toMatchObject([{ path: '/mcp', message: 'no entropy', level: 'error' }]);
  });
});

describe('pages in a browser', () => {
  it.each([RESOURCE, METADATA, ROOT_METADATA])('from this machine may ask %s', async (url) => {
    const { rs } = createWorld();
    const preflight = await rs.fetch(
      new Request(url, {
        method: 'OPTIONS',
        headers: {
          origin: PAGE,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,mcp-param-zone',
        },
      }),
    );
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(PAGE);
    const headers = preflight.headers.get('access-control-allow-headers')!.toLowerCase();
    for (const name of [
      'authorization',
      'content-type',
      'accept',
      'mcp-protocol-version',
      'mcp-session-id',
      'mcp-param-zone',
      'last-event-id',
    ]) {
      expect(headers.split(', ')).toContain(name);
    }
  });

  it('can read the challenge and the session id', async () => {
    const { rs, post } = createWorld();
    const refused = await rs.fetch(mcpRequest(INITIALIZE, { origin: PAGE }));
    expect(refused.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(refused.headers.get('access-control-expose-headers')).toMatch(
      /WWW-Authenticate.*Mcp-Session-Id.*MCP-Protocol-Version/,
    );
    const served = await post(INITIALIZE, GOOD, { origin: PAGE });
    expect(served.status).toBe(200);
    expect(served.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(served.headers.get('vary')).toContain('Origin');
  });

  verifies.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'http://10.0.0.1'])(
    [
      'rs.http-security-origin',
      'rs.http-security-origin-403',
      'rs.http2025-security-origin',
      'rs.http2025-security-origin-403',
    ],
    'from %s may not call MCP, whatever token they have',
    async (origin) => {
      const { post, as, told } = createWorld();
      const response = await post(INITIALIZE, GOOD, { origin });
      expect(response.status).toBe(403);
      expect(response.headers.has('access-control-allow-origin')).toBe(false);
      expect(as.introspections).toEqual([]);
      expect(told('request.served')).toMatchObject([{ reason: 'origin_not_allowed' }]);
    },
  );

  it.each([METADATA, ROOT_METADATA])('from elsewhere can not read %s', async (url) => {
    const { rs } = createWorld();
    for (const method of ['GET', 'OPTIONS']) {
      const request = new Request(url, { method, headers: { origin: 'https://evil.example' } });
      expect((await rs.fetch(request)).headers.has('access-control-allow-origin')).toBe(false);
    }
    const own = await rs.fetch(new Request(url, { headers: { origin: PAGE } }));
    expect(own.headers.get('access-control-allow-origin')).toBe(PAGE);
  });

  it('from elsewhere are refused by MCP before their preflight is answered', async () => {
    const { rs } = createWorld();
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    expect((await rs.fetch(new Request(RESOURCE, { method: 'OPTIONS', headers }))).status).toBe(403);
  });

  it.each(['https://app.example', 'https://mcp.example'])(
    'from %s may if that is allowed',
    async (origin) => {
      const { as, rs } = createWorld({
        resource: 'https://mcp.example/mcp',
        allowOrigins: ['https://app.example'],
        demoMode: false,
        authServers: TRUSTED,
      });
      as.tokens.set(GOOD, { active: true, scope: 'user' });
      const request = mcpRequest(INITIALIZE, { origin, authorization: `Bearer ${GOOD}` });
      const response = await rs.fetch(new Request('https://mcp.example/mcp', request));
      expect(response.status).toBe(200);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
    },
  );
});

describe('the name that a request was sent to', () => {
  it.each([
    ['a Host that differs from the target', { host: 'tunnel.example' }],
    ['a tunnel that puts our name into Host', { 'x-forwarded-host': 'tunnel.example' }],
    ['a peer on another machine', { 'x-forwarded-for': '203.0.113.7' }],
  ])('is not taken from the URL alone: %s', async (_what, headers) => {
    const { rs, as, told } = createWorld();
    const response = await rs.fetch(
      new Request(RESOURCE, { method: 'POST', headers: { ...headers, authorization: `Bearer ${GOOD}` } }),
    );
    expect(response.status).toBe(403);
    expect(as.introspections).toEqual([]);
    expect(told('request.served')).toMatchObject([{ reason: 'host_not_allowed' }]);
  });

  it.each([RESOURCE, METADATA])('must be of this machine in demo mode: %s', async (url) => {
    const { rs, as, told } = createWorld();
    const rebound = url.replace('localhost', 'rebound.example');
    const response = await rs.fetch(new Request(rebound, { headers: { authorization: `Bearer ${GOOD}` } }));
    expect(response.status).toBe(403);
    expect(as.introspections).toEqual([]);
    expect(told('request.served')).toMatchObject([{ reason: 'host_not_allowed' }]);
  });

  it('may be another one of this machine, and the log says once which to use', async () => {
    const { rs, told } = createWorld();
    for (const host of ['127.0.0.1:8001', '127.0.0.1:8001', '[::1]:8001', 'localhost:8001']) {
      const url = METADATA.replace('localhost:8001', host);
      expect((await rs.fetch(new Request(url))).status).toBe(200);
    }
    expect(told('host.other_name')).toMatchObject([
      { host: '127.0.0.1:8001', use_instead: RESOURCE },
      { host: '[::1]:8001' },
    ]);
  });

  it.each([
    ['the name of its upstream', { host: 'upstream.internal:8001' }],
    ['the name that the client used', { host: 'mcp.example' }],
    ['its own name, and the rest beside it', { host: '10.0.0.7', 'x-forwarded-host': 'mcp.example' }],
  ])('is the business of the proxy outside demo mode, which may send %s', async (_what, headers) => {
    const { rs } = createWorld({ ...OUTSIDE_DEMO });
    const url = 'http://upstream.internal/.well-known/oauth-protected-resource/mcp';
    expect((await rs.fetch(new Request(url, { headers }))).status).toBe(200);
  });

  describe('with --allow-host', () => {
    const world = () => createWorld({ ...OUTSIDE_DEMO, allowHosts: ['mcp.internal', '[fd00::7]'] });
    const ask = (app: ReturnType<typeof world>, host: string, path = '/mcp') =>
      app.rs.fetch(new Request(`http://${host}${path}`, { method: 'GET', headers: { host } }));

    it.each(['mcp.example', 'mcp.example:8443', 'mcp.internal:8001', '[fd00::7]:8001', 'localhost:8001'])(
      'may be %s',
      async (host) => {
        expect((await ask(world(), host)).status).toBe(401);
      },
    );

    it.each(['evil.example', 'mcp.example.evil.example', 'sub.mcp.internal', '10.0.0.7', '[fd00::8]'])(
      'may not be %s, for MCP or the metadata',
      async (host) => {
        const app = world();
        for (const path of ['/mcp', '/.well-known/oauth-protected-resource', '/nowhere'])
          expect((await ask(app, host, path)).status).toBe(403);
        expect(new Set(app.told('request.served').map(({ reason }) => reason))).toEqual(
          new Set(['host_not_allowed']),
        );
        expect((await ask(app, host, '/healthz')).status).toBe(200);
      },
    );

    it('must fit in the target of the request and in Host', async () => {
      const { rs } = world();
      const headers = { host: 'evil.example' };
      expect((await rs.fetch(new Request('http://mcp.internal/mcp', { headers }))).status).toBe(403);
    });
  });
});

describe('the options', () => {
  const minimal: ResourceServerOptions = {
    resource: RESOURCE,
    authServers: [{ issuer: ISSUER }],
    demoMode: true,
  };

  it.each<[string, Partial<ResourceServerOptions>]>([
    ['resource', { resource: 'localhost:8001' }],
    ['resource', { resource: `${RESOURCE}#x` }],
    ['resource', { resource: 'http://localhost:8001/:tenant/mcp' }],
    ['resource', { resource: 'http://localhost:8001/*' }],
    ['resource', { resource: 'http://localhost:8001/a%20b/mcp' }],
    ['resource', { resource: 'http://localhost:8001/a/../mcp' }],
    ['authServers', { authServers: [{ issuer: 'localhost:9000' }] }],
    ['authServers', { authServers: [{ issuer: 'http://localhost:9000?x=1' }] }],
    ['authServers', { authServers: [] }],
    ['authServers', { authServers: [{ issuer: ISSUER }, { issuer: `${ISSUER}/` }] }],
    ['requiredScopes', { requiredScopes: ['two words'] }],
    ['requiredScopes', { requiredScopes: [''] }],
    ['allowOrigins', { allowOrigins: ['https://app.example/'] }],
    ['allowOrigins', { allowOrigins: ['null'] }],
    ['allowHosts', { ...OUTSIDE_DEMO, allowHosts: ['mcp.internal:8001'] }],
    ['allowHosts', { ...OUTSIDE_DEMO, allowHosts: ['*.internal'] }],
    ['allowHosts', { ...OUTSIDE_DEMO, allowHosts: ['https://mcp.internal'] }],
    ['allowHosts', { ...OUTSIDE_DEMO, allowHosts: ['MCP.internal'] }],
    ['allowHosts', { allowHosts: ['mcp.internal'] }],
    ['introspectionTimeoutMs', { introspectionTimeoutMs: 0 }],
    ['introspectionCredentials', { demoMode: false }],
  ])('%s is checked: %j', (option, change) => {
    expect(() => createResourceServer({ ...minimal, ...change })).toThrow(ConfigurationError);
    try {
      createResourceServer({ ...minimal, ...change });
    } catch (thrown) {
      expect(thrown).toMatchObject({ option });
    }
  });

  it('refuse a member that there is not', () => {
    const options = { ...minimal, oauthStrikt: true };
    expect(() => createResourceServer(options)).toThrow(/oauthStrikt/);
  });

  verifies.each([
    ['resource', { resource: 'http://mcp.example/mcp' }],
    ['authServers', { authServers: [{ issuer: 'http://as.example' }] }],
  ])(
    ['rs.mcp-communication-tls', 'rs.oauth2.1-1.5-https', 'rs.rfc9728-1.2-https'],
    'are refused where %s would be plain http to another machine, unless that is allowed',
    (option, change) => {
      const options = {
        resource: 'https://mcp.example/mcp',
        authServers: [{ issuer: 'https://as.example' }],
        demoMode: true,
        ...change,
      };
      expect(() => createResourceServer(options)).toThrow(expect.objectContaining({ option }));
      expect(() => createResourceServer({ ...options, insecureHttp: true })).not.toThrow();
    },
  );
});

describe('the version', () => {
  it('that clients see is that of the package', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ version: VERSION });
  });
});
