import { exportJWK, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthorizationServerOptions } from '../../src/as/index.js';
import { verifies } from '../verifies.js';
import { CLIENT, documentHost, documentOf } from './document-host.js';
import { CALLBACK, codeIn, createWorld, ISSUER, type World } from './support.js';

let host: ReturnType<typeof documentHost>;
beforeEach(() => {
  host = documentHost();
  host.serve();
});

function worldOf(options: Partial<AuthorizationServerOptions> = {}): World {
  return createWorld(options, undefined, { fetchDocument: host.fetchDocument });
}

async function pageFor(world: World, parameters: Readonly<Record<string, string>> = {}) {
  return world.browser.visit(world.authorizeUrl({ client_id: CLIENT, ...parameters }));
}

async function reasonFor(world: World, parameters: Readonly<Record<string, string>> = {}) {
  const { status } = await pageFor(world, parameters);
  return status === 200 ? 'none' : world.event('authorization.refused')?.reason;
}

describe('a client that is described by its metadata document', () => {
  verifies(['cimd-5-supported'], 'is welcome, says the metadata', async () => {
    const { fetch } = worldOf();
    const metadata: unknown = await (await fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).toMatchObject({ client_id_metadata_document_supported: true });
  });

  verifies(
    ['cimd-4-fetch', 'cimd-6.4-fetch', 'mcp-cimd-fetch', 'mcp-overview-cimd'],
    'gets through a whole flow without registering, by the route cimd',
    async () => {
      const world = worldOf();
      expect(await world.flow({ client_id: CLIENT })).toHaveProperty('refresh_token');
      expect(host.asked[0]).toEqual({
        url: CLIENT,
        headers: { accept: 'application/json', 'user-agent': 'mcp-oauth-demo' },
      });
      expect(world.event('client.document_read')).toMatchObject({
        client_id: CLIENT,
        client_name: 'Example App',
        token_endpoint_auth_method: 'none',
      });
      expect(world.event('client.document_read')).not.toHaveProperty('outside_the_draft');
      expect(world.event('token.issued')).toMatchObject({ client_id: CLIENT, route: 'cimd', flows: 1 });
      await world.flow({ client_id: CLIENT });
      expect(world.event('token.issued')).toMatchObject({ route: 'cimd', flows: 2 });
    },
  );

  it('is known at /token, for a refresh, at /revoke and to client evidence', async () => {
    const world = worldOf();
    const { refresh_token } = await world.flow({ client_id: CLIENT });
    world.clock.advance(7200);
    const refresh = { grant_type: 'refresh_token', client_id: CLIENT, refresh_token };
    const refreshed = await world.token(refresh);
    expect(refreshed.status).toBe(200);
    const token = refreshed.body['access_token'];
    expect((await world.post('/revoke', { client_id: CLIENT, token })).status).toBe(200);
    expect(await world.introspect(token)).toEqual({ active: false });
    const evidence = await world.fetch(`${ISSUER}/client-evidence?client_id=${encodeURIComponent(CLIENT)}`);
    expect(await evidence.json()).toMatchObject({ client_id: CLIENT, origin: 'cimd', flows: 1 });
  });

  verifies(
    ['cimd-6.4-hostname', 'mcp-cimd-redirect-host'],
    'is named on the consent page with the host of its document and of its redirect URI, and without its logo',
    async () => {
      const redirect_uri = 'https://web.example/cb';
      host.serve(documentOf({ redirect_uris: [redirect_uri], logo_uri: 'https://logo.example/l.png' }));
      const world = worldOf();
      const consent = await world.browser.submit(await pageFor(world, { redirect_uri }));
      expect(consent.html).toContain('<strong>app.example</strong>');
      expect(consent.html).toContain('<strong>web.example</strong>');
      expect(consent.html).not.toContain('logo.example');
      expect(consent.html).not.toContain('any program there could claim');
      expect(host.count('https://logo.example/l.png')).toBe(0);
    },
  );

  verifies.each([
    [[CALLBACK], true],
    [['http://localhost/cb', 'http://[::1]/cb', CALLBACK], true],
    [[CALLBACK, 'https://web.example/cb'], false],
  ])(
    ['mcp-cimd-localhost-warning'],
    'comes with a warning if it can be on this machine only: %j, %s',
    async (redirect_uris, warned) => {
      host.serve(documentOf({ redirect_uris }));
      const world = worldOf();
      const { html } = await world.browser.submit(await pageFor(world));
      expect(html.includes('any program there could claim')).toBe(warned);
    },
  );

  it('has its name escaped on the pages', async () => {
    host.serve(documentOf({ client_name: '<img src=x onerror=alert(1)>' }));
    const world = worldOf();
    const login = await pageFor(world);
    expect(login.html).not.toContain('<img');
    expect((await world.browser.submit(login)).html).not.toContain('<img');
  });

  verifies(
    ['cimd-4.5-registered', 'cimd-4.5-exact', 'mcp-cimd-redirect-uris'],
    'may use the redirect URIs of its document only, at any port where they are on loopback',
    async () => {
      const redirect_uris = ['http://localhost/callback', 'https://web.example/cb'];
      host.serve(documentOf({ redirect_uris }));
      const world = worldOf();
      for (const redirect_uri of ['http://localhost:3118/callback', 'https://web.example/cb'])
        expect(await reasonFor(world, { redirect_uri })).toBe('none');
      for (const redirect_uri of [CALLBACK, 'http://localhost:3118/other', 'https://web.example/cb/'])
        expect(await reasonFor(world, { redirect_uri })).toBe('redirect_uri_not_registered');
    },
  );

  it('gets no refresh token if its document does not say so, as RFC 7591 has it', async () => {
    host.serve(documentOf({ grant_types: undefined, token_endpoint_auth_method: undefined }));
    expect(await worldOf().flow({ client_id: CLIENT })).not.toHaveProperty('refresh_token');
  });

  it('is a configured one where an operator has configured its URL, and nothing is fetched', async () => {
    const world = worldOf({ clients: [{ client_id: CLIENT, client_name: 'Ours' }] });
    await world.flow({ client_id: CLIENT });
    expect(world.event('token.issued')).toMatchObject({ route: 'preset' });
    expect(host.asked).toEqual([]);
  });
});

describe('a client whose document says private_key_jwt', () => {
  verifies(['cimd-6.2-authentication'], 'gets nothing without authenticating', async () => {
    const { publicKey } = await generateKeyPair('ES256');
    const jwks = { keys: [await exportJWK(publicKey)] };
    host.serve(documentOf({ token_endpoint_auth_method: 'private_key_jwt', jwks }));
    const world = worldOf();
    const code = codeIn(await world.signIn({ client_id: CLIENT }));
    for (const client_secret of [undefined, 'x']) {
      const { status, body } = await world.token({ client_id: CLIENT, code, client_secret });
      expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    }
    expect(world.event('token.issued')).toBeUndefined();
  });
});

describe('where documents are switched off', () => {
  it.each<[string, () => World]>([
    ['by --registration', () => worldOf({ registration: ['preset', 'dcr'] })],
    ['as there is no way to fetch one', () => createWorld()],
  ])('%s, the metadata is silent, and a URL is refused on a page that says so', async (_why, make) => {
    const world = make();
    const metadata = await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).text();
    expect(metadata).not.toContain('client_id_metadata_document_supported');
    const page = await pageFor(world);
    expect(page.status).toBe(400);
    expect(page.html).toContain('cimd is not in its --registration');
    expect(world.event('authorization.refused')?.reason).toBe('client_id_is_url');
    const { status, body } = await world.token({ client_id: CLIENT, code: 'x' });
    expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    expect(host.asked).toEqual([]);
  });

  it('a URL is refused like that too where unknown clients are refused', async () => {
    const world = worldOf({ registration: ['preset'], unknownClients: 'reject' });
    expect(await reasonFor(world)).toBe('client_id_is_url');
  });

  it('asking for them without a way to fetch one is a mistake', () => {
    expect(() => createWorld({ registration: ['preset', 'cimd'] })).toThrow('fetchDocument');
  });
});

describe('the URL of a document', () => {
  verifies.each([
    ['an http URL', 'http://app.example/c.json'],
    ['an http URL of this machine', 'http://localhost:7000/c.json'],
  ])(['cimd-3-https', 'cimd-6.5-schemes'], 'cannot be %s: %s', expectRefusedUnfetched);

  verifies.each([
    ['without a path', 'https://app.example'],
    ['without a path but with a query', 'https://app.example?a=b'],
  ])(['cimd-3-path'], 'cannot be %s: %s', expectRefusedUnfetched);

  verifies.each([
    ['with a dot segment', 'https://app.example/a/../c.json'],
    ['with a single dot', 'https://app.example/./c.json'],
    ['with an encoded dot segment', 'https://app.example/a/%2e%2E/c.json'],
    ['that ends with dots', 'https://app.example/a/..'],
  ])(['cimd-3-dot-segments'], 'cannot be %s: %s', expectRefusedUnfetched);

  verifies.each([
    ['with a fragment', 'https://app.example/c.json#f'],
    ['with an empty fragment', 'https://app.example/c.json#'],
  ])(['cimd-3-fragment'], 'cannot be %s: %s', expectRefusedUnfetched);

  verifies.each([
    ['with a user name', 'https://user@app.example/c.json'],
    ['with an empty one', 'https://@app.example/c.json'],
    ['with a password', 'https://a:b@app.example/c.json'],
  ])(['cimd-3-userinfo'], 'cannot be %s: %s', expectRefusedUnfetched);

  it.each([
    ['without slashes', 'https:app.example/c.json'],
    ['with a backslash', 'https://app.example\\@evil.example/c.json'],
    ['with a space', 'https://app.example/c .json'],
    ['that is none', 'https://'],
  ])('cannot be %s: %s', expectRefusedUnfetched);

  async function expectRefusedUnfetched(_what: string, client_id: string): Promise<void> {
    const world = worldOf();
    const page = await pageFor(world, { client_id });
    expect(page.status).toBe(400);
    expect(page.left).toBeUndefined();
    expect(world.event('authorization.refused')?.reason).toBe('client_id_url_invalid');
    expect(world.event('client.adopted')).toBeUndefined();
    expect(host.asked).toEqual([]);
  }

  it.each([
    ['a port', 'https://app.example:8443/c.json'],
    ['the port of https, spelled out', 'https://app.example:443/c.json'],
    ['a query', 'https://app.example/c.json?v=2'],
    ['no more path than a slash', 'https://app.example/'],
    ['dots in a name', 'https://app.example/.well-known/..c/client...json'],
    ['a host in capitals', 'https://APP.example/c.json'],
  ])('may have %s: %s', async (_what, client_id) => {
    host.serve(documentOf({}, client_id), {}, client_id);
    expect(await reasonFor(worldOf(), { client_id })).toBe('none');
  });

  verifies(
    ['cimd-4.1-client-id', 'mcp-cimd-client-id'],
    'is compared character by character with the client_id in the document',
    async () => {
      const spellings = [
        'https://app.example:443/c.json',
        'https://APP.example/c.json',
        'https://app.example/%63.json',
      ];
      const world = worldOf();
      for (const client_id of spellings) {
        host.serve(documentOf({}, 'https://app.example/c.json'), {}, client_id);
        expect(await reasonFor(world, { client_id })).toBe('document_client_id_mismatch');
      }
    },
  );
});

describe('a document that cannot be used', () => {
  verifies.each([
    ['that is on another host name that leads to this network', 'document_address_not_public'],
    ['whose host does not exist', 'document_host_not_found'],
    ['whose host does not answer', 'document_unreachable'],
    ['whose certificate is wrong', 'document_tls_failed'],
    ['that takes too long', 'document_timeout'],
    ['that is too large', 'document_too_large'],
  ] as const)(
    ['cimd-4.3-abort', 'mcp-cimd-ssrf'],
    '%s ends on a page with the cause, and never at the client',
    async (_what, fault) => {
      host.fail(fault);
      const world = worldOf();
      const page = await pageFor(world);
      expect(page.status).toBe(400);
      expect(page.left).toBeUndefined();
      expect(page.html).toContain(`<code>${fault}</code>`);
      expect(page.html).toContain(CLIENT);
      expect(page.html).toContain('--registration=preset,dcr');
      expect(world.event('authorization.refused')).toMatchObject({
        reason: fault,
        route: 'cimd',
        shown: 'page',
      });
    },
  );

  it('is one that the port throws an unknown error for', async () => {
    host.answer(CLIENT, () => {
      throw new Error('secret detail');
    });
    const world = worldOf();
    expect((await pageFor(world)).html).not.toContain('secret detail');
    expect(world.event('authorization.refused')?.reason).toBe('document_unreachable');
  });

  verifies.each<[string, number, Record<string, string>, string, string]>([
    ['a redirect', 302, { location: 'https://other.example/' }, '', 'document_redirected'],
    ['not found', 404, {}, JSON.stringify(documentOf()), 'document_status_wrong'],
    ['created', 201, {}, JSON.stringify(documentOf()), 'document_status_wrong'],
    ['unchanged, though nothing is kept', 304, {}, '', 'document_redirected'],
    ['HTML', 200, { 'content-type': 'text/html' }, JSON.stringify(documentOf()), 'document_not_json'],
    ['no media type', 200, { 'content-type': '' }, JSON.stringify(documentOf()), 'document_not_json'],
    ['half of a JSON text', 200, {}, '{"client_id":', 'document_not_json'],
    ['a JSON array', 200, {}, '[]', 'document_not_json'],
    ['JSON null', 200, {}, 'null', 'document_not_json'],
    [
      'more than 5 KiB',
      200,
      {},
      JSON.stringify(documentOf({ more: 'x'.repeat(5120) })),
      'document_too_large',
    ],
  ])(['cimd-6.6-size', 'mcp-cimd-structure'], 'is %s', async (_what, status, headers, body, reason) => {
    host.answer(CLIENT, () => ({
      status,
      headers: { 'content-type': 'application/json', ...headers },
      body,
    }));
    expect(await reasonFor(worldOf())).toBe(reason);
  });

  it.each(['application/json; charset=utf-8', 'application/client+json', 'APPLICATION/JSON'])(
    'is not one for being served as %s',
    async (type) => {
      host.serve(documentOf(), { 'content-type': type });
      expect(await reasonFor(worldOf())).toBe('none');
    },
  );

  verifies.each([
    [{ token_endpoint_auth_method: 'client_secret_basic' }, 'none or private_key_jwt'],
    [{ token_endpoint_auth_method: 'client_secret_post' }, 'none or private_key_jwt'],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, 'token_endpoint_auth_method'],
    [{ token_endpoint_auth_method: 7 }, 'token_endpoint_auth_method'],
    [{ client_secret: 'x' }, 'client_secret must not'],
    [{ client_secret: null }, 'client_secret must not'],
    [{ client_secret_expires_at: 0 }, 'client_secret_expires_at must not'],
    [{ client_name: undefined }, 'client_name'],
    [{ client_name: ['a'] }, 'client_name'],
    [{ redirect_uris: undefined }, 'redirect_uris'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ jwks: { keys: [{ kty: 'RSA', n: 'x', e: 'AQAB', d: 'private' }] } }, 'private'],
    [{ client_uri: 'javascript:alert(1)' }, 'client_uri'],
    ...['file:///etc/passwd', 'gopher://app.example/jwks', 'http://app.example/jwks'].map(
      (jwks_uri) => [{ token_endpoint_auth_method: 'private_key_jwt', jwks_uri }, 'jwks_uri'] as const,
    ),
  ])(
    ['cimd-4.1-symmetric-method', 'cimd-4.1-client-secret', 'cimd-6.5-schemes', 'mcp-cimd-structure'],
    'is one that says %j',
    async (over, said) => {
      host.serve(documentOf(over));
      const world = worldOf();
      const page = await pageFor(world);
      expect(page.status).toBe(400);
      expect(page.html).toContain('document_invalid');
      expect(page.html).toContain(said);
      expect(host.asked).toHaveLength(1);
    },
  );

  it('is an invalid_client at /token if it says something else now, and a 503 if it only cannot be read', async () => {
    host.serve(documentOf(), { 'cache-control': 'no-store' });
    const world = worldOf();
    const code = codeIn(await world.signIn({ client_id: CLIENT }));
    host.fail('document_timeout');
    const late = await world.token({ client_id: CLIENT, code });
    expect(late).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
    expect(late.headers.get('retry-after')).toBe('30');
    host.serve(documentOf({ client_secret: 'x' }));
    expect(await world.token({ client_id: CLIENT, code })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    // Neither used the code up.
    host.serve();
    expect((await world.token({ client_id: CLIENT, code })).status).toBe(200);
  });
});

describe('--cimd-trust', () => {
  it.each([
    ['app.example', 'none'],
    ['other.example', 'document_host_not_trusted'],
    ['app.example:8443', 'document_host_not_trusted'],
    ['example', 'document_host_not_trusted'],
  ])('of %s alone comes to %s, and a host that is not trusted is not asked', async (trusted, reason) => {
    expect(await reasonFor(worldOf({ cimdTrust: [trusted] }))).toBe(reason);
    expect(host.asked).toHaveLength(reason === 'none' ? 1 : 0);
  });

  it('names a port where that is not the one of https', async () => {
    const client_id = 'https://app.example:8443/c.json';
    host.serve(documentOf({}, client_id), {}, client_id);
    expect(await reasonFor(worldOf({ cimdTrust: ['app.example:8443'] }), { client_id })).toBe('none');
    expect(await reasonFor(worldOf({ cimdTrust: ['app.example'] }), { client_id })).toBe(
      'document_host_not_trusted',
    );
  });

  it.each(['https://app.example', 'App.example', 'app.example/', '*.example', 'a b', ''])(
    'cannot be "%s"',
    (trusted) => expect(() => worldOf({ cimdTrust: [trusted] })).toThrow('must be a host'),
  );

  it('has no effect where documents are off, and says so', () => {
    expect(() => worldOf({ registration: ['dcr', 'preset'], cimdTrust: ['a.example'] })).toThrow('no effect');
  });
});

describe('--cimd-allow-loopback', () => {
  const local = 'http://localhost:7000/client.json';

  it('takes a document over plain http on this machine, and the log says that this is outside the draft', async () => {
    host.serve(documentOf({}, local), {}, local);
    const world = worldOf({ cimdAllowLoopback: true });
    await world.flow({ client_id: local });
    expect(world.event('token.issued')).toMatchObject({ client_id: local, route: 'cimd' });
    expect(world.event('client.document_read')).toMatchObject({ outside_the_draft: true });
  });

  it('takes no plain http from elsewhere', async () => {
    const world = worldOf({ cimdAllowLoopback: true });
    expect(await reasonFor(world, { client_id: 'http://app.example/c.json' })).toBe('client_id_url_invalid');
  });

  it('is named on the page of somebody who would need it', async () => {
    expect((await pageFor(worldOf(), { client_id: local })).html).toContain('--cimd-allow-loopback');
  });

  it('is for demo mode only', () => {
    const options = { demoMode: false, users: [{ username: 'a', password: 'b' }], cimdAllowLoopback: true };
    expect(() => worldOf(options)).toThrow('demo mode only');
  });
});
