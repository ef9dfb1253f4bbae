import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import { OVER_SOCKETS } from '../support/over-socket.js';
import { verifies } from '../verifies.js';
import { basic, createWorld, ISSUER } from './support.js';

const FORM_ENDPOINTS = ['/token', '/revoke', '/introspect', '/login', '/consent', '/authorize'];
const WITH_CORS = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/register',
  '/register/some-client',
  '/token',
  '/revoke',
  '/jwks',
];
const WITHOUT_CORS = ['/authorize', '/login', '/consent', '/introspect', '/grants', '/sign-out'];

describe('methods', () => {
  const allowed: readonly (readonly [string, string, string])[] = [
    ['/.well-known/oauth-authorization-server', 'POST', 'GET, HEAD, OPTIONS'],
    ['/register', 'GET', 'POST, OPTIONS'],
    ['/register/some-client', 'POST', 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['/token', 'GET', 'POST, OPTIONS'],
    ['/revoke', 'PATCH', 'POST, OPTIONS'],
    ['/introspect', 'GET', 'POST'],
    ['/introspect', 'OPTIONS', 'POST'],
    ['/authorize', 'DELETE', 'GET, HEAD, POST'],
    ['/authorize', 'OPTIONS', 'GET, HEAD, POST'],
    ['/login', 'GET', 'POST'],
    ['/consent', 'PUT', 'GET, HEAD, POST'],
    ['/client-evidence', 'POST', 'GET, HEAD'],
  ];

  verifies.each(allowed)(
    ['rfc7592-2-method', 'rfc8414-3.1-get', 'oauth2.1-3.2-post'],
    '%s answers %s with 405 and Allow: %s',
    async (path, method, allow) => {
      const { fetch, event } = createWorld();
      const response = await fetch(ISSUER + path, { method });
      expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({
        status: 405,
        allow,
      });
      expect(event('request.served')).toMatchObject({ status: 405, reason: 'method_not_allowed' });
    },
  );

  it('HEAD works like GET, without a body', async () => {
    const response = await createWorld().fetch(`${ISSUER}/.well-known/oauth-authorization-server`, {
      method: 'HEAD',
    });
    expect({ status: response.status, body: await response.text() }).toEqual({ status: 200, body: '' });
  });

  it('a path with an escaped NUL is nothing either, and the listener does not pass it on', async () => {
    const response = await createWorld().fetch(`${ISSUER}/%00`);
    expect(response.status).toBe(OVER_SOCKETS ? 400 : 404);
    expect(await response.json()).toHaveProperty('error');
  });

  it.each(['/', '/nope', '/token/', '//token', '/.well-known/', '/client-evidence/x'])(
    'the unknown path %s is a 404 as JSON',
    async (path) => {
      const response = await createWorld().fetch(ISSUER + path);
      expect(response.status).toBe(404);
      expect(await response.json()).toHaveProperty('error');
    },
  );
});

describe('bodies', () => {
  const post = async (path: string, type: string, body: string) => {
    const headers = { 'content-type': type, authorization: basic('demo-rs', 'demo-rs-secret') };
    return (await createWorld().fetch(ISSUER + path, { method: 'POST', body, headers })).status;
  };

  verifies.each(FORM_ENDPOINTS)(
    ['rfc7009-5-denial-of-service'],
    '%s takes forms only, of 64 KiB at most',
    async (path) => {
      expect(await post(path, 'application/json', '{}')).toBe(415);
      expect(await post(path, 'multipart/form-data; boundary=x', '')).toBe(415);
      const tooLarge = `token=${'x'.repeat(65 * 1024)}`;
      expect(await post(path, 'application/x-www-form-urlencoded', tooLarge)).toBe(413);
    },
  );

  it.each(FORM_ENDPOINTS)('%s answers garbage with a 4xx', async (path) => {
    for (const body of [
      '',
      '&&&',
      '%',
      'a=%FF%FE',
      '=',
      '__proto__=x&constructor=y',
      'csrf_token=%00',
      'token=%0d%0a',
    ])
      expect(await post(path, 'application/x-www-form-urlencoded', body)).toSatisfy((status) => status < 500);
  });
});

describe('parameters', () => {
  const answerTo = async (path: string, body: string) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const authorization = basic('demo-rs', 'demo-rs-secret');
    const world = createWorld();
    const response = await world.fetch(ISSUER + path, {
      method: 'POST',
      body,
      headers: path === '/introspect' ? { ...headers, authorization } : headers,
    });
    return { world, status: response.status, text: await response.text() };
  };

  verifies.each([
    ...FORM_ENDPOINTS.map((path) => [path, 'client_id=demo-preset&client_id=demo-preset'] as const),
    // What /authorize does about these is told to the client; see there.
    ...FORM_ENDPOINTS.filter((path) => path !== '/authorize').map((path) => [path, 'x=1&x=2'] as const),
  ])(
    ['oauth2.1-3.1-once', 'oauth2.1-3.2-once'],
    'that come twice are refused by %s: %s',
    async (path, body) => {
      const { world, status } = await answerTo(path, body);
      expect(status).toBe(400);
      expect(world.event('request.served')?.reason).toBe('duplicate_parameter');
    },
  );

  it('that come twice are refused by /client-evidence', async () => {
    const { fetch } = createWorld();
    expect((await fetch(`${ISSUER}/client-evidence?client_id=a&client_id=b`)).status).toBe(400);
  });

  verifies.each([
    ['/token', 'grant_type=&client_id=demo-preset', 'grant_type'],
    ['/token', 'grant_type=authorization_code&client_id=demo-preset&code=', 'code'],
    ['/token', 'grant_type=refresh_token&client_id=demo-preset&refresh_token=', 'refresh_token'],
    ['/revoke', 'client_id=demo-preset&token=', 'token'],
    ['/introspect', 'token=', 'token'],
  ])(['oauth2.1-3.2-empty'], 'without a value are missing for %s: %s', async (path, body, missing) => {
    const { status, text } = await answerTo(path, body);
    expect({ status, ...JSON.parse(text) }).toEqual({
      status: 400,
      error: 'invalid_request',
      error_description: expect.stringContaining(`${missing} is missing`),
    });
  });

  it('without a value may come as often as they like', async () => {
    const { status } = await answerTo('/revoke', 'client_id=demo-preset&token=x&y=&y=&token=');
    expect(status).toBe(200);
  });
});

describe('CORS', () => {
  const origin = 'http://localhost:6274';

  it.each(WITH_CORS)('%s can be called by web pages of this machine, errors readable too', async (path) => {
    const { fetch } = createWorld({ allowOrigins: ['https://app.example'], tokenFormat: 'jwt' });
    for (const allowed of [origin, 'https://app.example']) {
      const preflight = await fetch(ISSUER + path, { method: 'OPTIONS', headers: { origin: allowed } });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Content-Type/);
      const answer = await fetch(ISSUER + path, { method: 'POST', headers: { origin: allowed } });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get('access-control-allow-origin')).toBe(allowed);
      expect(answer.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, Retry-After');
      expect(answer.headers.get('vary')).toContain('Origin');
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    }
    for (const foreign of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const answer = await fetch(ISSUER + path, { method: 'OPTIONS', headers: { origin: foreign } });
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  it('lets a page set what the protocol needs: the Authorization header, and PUT and DELETE where they are served', async () => {
    const world = createWorld({ tokenFormat: 'jwt' });
    const preflight = async (path: string, method: string) => {
      const headers = {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
      };
      const answer = await world.fetch(ISSUER + path, { method: 'OPTIONS', headers });
      const listed = (name: string) => (answer.headers.get(name) ?? '').toLowerCase().split(', ').sort();
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      // An asterisk would not stand for Authorization.
      expect(listed('access-control-allow-headers')).toEqual([
        'authorization',
        'content-type',
        'mcp-protocol-version',
      ]);
      return listed('access-control-allow-methods');
    };
    expect(await preflight('/register/some-client', 'PUT')).toEqual(
      expect.arrayContaining(['get', 'put', 'delete']),
    );
    expect(await preflight('/register/some-client', 'DELETE')).not.toContain('post');
    expect(await preflight('/token', 'POST')).toContain('post');
    expect(await preflight('/jwks', 'GET')).toContain('get');
  });

  it('lets a page read what becomes of its registration, and why not', async () => {
    const world = createWorld();
    const { body } = await world.register();
    const uri = String(body['registration_client_uri']);
    for (const [authorization, status] of [
      [`Bearer ${body['registration_access_token']}`, 204],
      ['Bearer of-nothing', 401],
    ] as const) {
      const answer = await world.fetch(uri, { method: 'DELETE', headers: { origin, authorization } });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, Retry-After');
    }
  });

  verifies.each(WITHOUT_CORS)(
    ['oauth2.1-3.1-no-cors', 'rfc9700-2.6-no-cors-at-authorize'],
    '%s cannot',
    async (path) => {
      const { fetch } = createWorld();
      for (const method of ['OPTIONS', 'POST']) {
        const response = await fetch(ISSUER + path, { method, headers: { origin } });
        expect(response.headers.has('access-control-allow-origin')).toBe(false);
      }
    },
  );
});

describe('the Host of a request', () => {
  it.each(['tunnel.example', 'localhost.evil.example', '10.0.0.1:9000'])(
    'in demo mode may not be %s',
    async (host) => {
      const { app, event } = createWorld();
      const fetch = networkOf({ [`http://${host}`]: app });
      for (const path of [
        '/.well-known/oauth-authorization-server',
        '/client-evidence?client_id=demo-preset',
        '/authorize',
      ])
        expect((await fetch(`http://${host}${path}`)).status).toBe(403);
      expect(event('request.served')?.reason).toBe('host_not_allowed');
    },
  );

  it('counts as much as the name in the request target, and so does what a proxy adds', async () => {
    const { app, event } = createWorld();
    for (const name of ['host', 'x-forwarded-host']) {
      const headers = { [name]: 'tunnel.example' };
      const request = new Request(`${ISSUER}/client-evidence?client_id=demo-preset`, { headers });
      expect((await app.fetch(request)).status).toBe(403);
    }
    expect(event('request.refused')).toMatchObject({ reason: 'host_not_allowed', level: 'warning' });
  });

  it('is not looked at outside demo mode', async () => {
    const { app } = createWorld({ demoMode: false, users: [{ username: 'a', password: 'b' }] });
    const fetch = networkOf({ 'http://as.example': app });
    expect((await fetch('http://as.example/.well-known/oauth-authorization-server')).status).toBe(200);
  });
});

describe('a fault in the server', () => {
  it('is a server_error whose text stays inside, and the event has it', async () => {
    const { createAuthorizationServer, createMemoryStore } = await import('../../src/as/index.js');
    const events: unknown[] = [];
    const clock = { now: () => 1 };
    const app = createAuthorizationServer(
      { issuer: ISSUER, demoMode: true },
      {
        clock,
        store: {
          ...createMemoryStore(clock),
          add: () => Promise.reject(new Error('disk /var/secret is full')),
        },
        onEvent: (event) => events.push(event),
      },
    );
    const response = await app.fetch(
      new Request(`${ISSUER}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['http://localhost/'] }),
      }),
    );
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('disk');
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'server.fault', message: 'disk /var/secret is full' }),
    );
  });
});

describe('events', () => {
  it('tell of every refusal once, unknown paths apart', async () => {
    const world = createWorld();
    const refusals = () => world.events.filter(({ level }) => level === 'warning').map(({ kind }) => kind);
    await world.browser.visit(`${ISSUER}/nope`);
    await world.browser.visit(`${ISSUER}/consent?interaction=none`);
    await world.browser.visit(`${ISSUER}/token`);
    await world.post('/revoke', { client_id: 'never-seen', token: 'x' });
    await world.post('/token', { client_id: 'never-seen' });
    await world.post('/introspect', { token: 'x' });
    await world.register({ redirect_uris: [] });
    await world.browser.visit(`${ISSUER}/authorize`);
    expect(refusals()).toEqual([
      'request.refused',
      'request.refused',
      'request.refused',
      'token.refused',
      'introspection.refused',
      'client.registration_refused',
      'authorization.refused',
    ]);
  });

  verifies(
    ['oauth2.1-1.4-confidential', 'oauth2.1-4.3-confidential'],
    'never hold a code, token, secret, password or cookie',
    async () => {
      const world = createWorld({ users: [{ username: 'alice', password: 'the-password' }] });
      const { client_id, client_secret } = (
        await world.register({ token_endpoint_auth_method: 'client_secret_post' })
      ).body;
      const fields = { username: 'alice', password: 'the-password' };
      const redirect = await world.signIn({ client_id, state: 'the-state' }, { fields });
      const code = redirect.searchParams.get('code') ?? '';
      const { access_token, refresh_token } = (await world.token({ client_id, client_secret, code })).body;
      await world.introspect(access_token);
      await world.token({ client_id, client_secret, grant_type: 'refresh_token', refresh_token });
      await world.token({ client_id, client_secret, code });
      await world.post('/revoke', { client_id, client_secret, token: refresh_token });
      const text = JSON.stringify(world.events);
      for (const secret of [
        client_secret,
        code,
        access_token,
        refresh_token,
        'the-password',
        ...world.browser.cookies.values(),
      ]) {
        expect(secret).toBeTruthy();
        expect(text).not.toContain(secret);
      }
    },
  );
});
