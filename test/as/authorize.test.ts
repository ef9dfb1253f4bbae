import { describe, expect, it } from 'vitest';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { KNOWN_EDITOR_REDIRECT_URIS } from '../../src/shared/oauth/redirect-uri.js';
import { verifies } from '../verifies.js';
import { CALLBACK, codeIn, createWorld, ISSUER, RESOURCE, VERIFIER } from './support.js';

describe('the authorization endpoint, while it is not known where an answer may go', () => {
  verifies.each([
    ['no client_id', { client_id: undefined }, 'client_id_missing'],
    ['an empty client_id', { client_id: '' }, 'client_id_missing'],
    ['two client_ids', { client_id: ['demo-preset', 'other'] }, 'duplicate_parameter'],
    ['a client_id with control characters', { client_id: 'a\r\nb' }, 'client_id_malformed'],
    ['an endless client_id', { client_id: 'x'.repeat(600) }, 'client_id_malformed'],
    ['two redirect URIs', { redirect_uri: [CALLBACK, CALLBACK] }, 'duplicate_parameter'],
    ['no redirect URI and several possible', { redirect_uri: undefined }, 'redirect_uri_missing'],
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/' }, 'redirect_uri_not_registered'],
    ['a script', { redirect_uri: 'javascript:alert(1)' }, 'redirect_uri_not_registered'],
    [
      'a name that looks like loopback',
      { redirect_uri: 'http://localhost.evil.example/' },
      'redirect_uri_not_registered',
    ],
    [
      'loopback as user name',
      { redirect_uri: 'http://127.0.0.1@evil.example/' },
      'redirect_uri_not_registered',
    ],
    ['user information', { redirect_uri: 'http://evil@127.0.0.1/' }, 'redirect_uri_not_registered'],
    ['a fragment', { redirect_uri: `${CALLBACK}#x` }, 'redirect_uri_not_registered'],
    [
      'more than a known editor',
      { redirect_uri: 'https://vscode.dev/redirect/../x' },
      'redirect_uri_not_registered',
    ],
    ['a backslash', { redirect_uri: 'http://127.0.0.1\\@evil.example/' }, 'redirect_uri_not_registered'],
  ])(
    [
      'mcp-error-handling-400',
      'mcp-open-redirection-precautions',
      'mcp-security-open-redirect-2025-03-26',
      'oauth2.1-2.3.1-exact',
      'oauth2.1-2.3.2-several',
      'oauth2.1-2.3.5-inform',
      'oauth2.1-2.3.5-no-redirect',
      'oauth2.1-3.1-once',
      'oauth2.1-3.1-empty',
      'oauth2.1-4.1.1-client-id',
      'oauth2.1-4.1.2.1-inform',
      'oauth2.1-4.1.2.1-no-redirect',
      'oauth2.1-7.12.2-no-redirect-to-invalid',
      'oauth2.1-7.12.2-precautions',
      'rfc9700-2.1-no-open-redirector',
      'rfc9700-4.11.2-no-redirect-to-invalid',
      'rfc9700-4.11.2-precautions',
    ],
    'shows %s on a page with status 400',
    async (_what, parameters, reason) => {
      const world = createWorld();
      const page = await world.browser.visit(world.authorizeUrl(parameters));
      expect({ status: page.status, left: page.left }).toEqual({ status: 400, left: undefined });
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      expect(world.event('authorization.refused')).toMatchObject({ reason, shown: 'page' });
      expect(world.event('request.served')).toMatchObject({ status: 400, reason });
      expect(page.html).not.toContain(reason);
    },
  );

  verifies.each(['"><script>alert(1)</script>', "'onload='x", '<img src=x>'])(
    ['oauth2.1-7.11-sanitize'],
    'shows a hostile client_id %s as text',
    async (client_id) => {
      const world = createWorld({ unknownClients: 'reject' });
      const { html } = await world.browser.visit(world.authorizeUrl({ client_id }));
      expect(html).not.toContain(client_id);
      expect(html).not.toMatch(/<script|<img|onload='/);
    },
  );

  verifies(
    [
      'rfc8252-7.3-any-port',
      'rfc8252-8.4-complete',
      'rfc8252-8.4-exact',
      'oauth2.1-2.3.1-exact',
      'oauth2.1-2.4-other-means',
      'oauth2.1-4.1.1-validate-redirect-uri',
      'oauth2.1-4.1.1-equal-redirect-uri',
      'oauth2.1-4.1.1-any-port',
      'oauth2.1-8.4.2-any-port',
      'rfc9700-2.1-exact-redirect-uri',
      'rfc9700-4.1.3-simple-string-comparison',
      'rfc9700-4.1.3-any-port',
    ],
    'compares registered redirect URIs character by character, the port of loopback apart',
    async () => {
      const world = createWorld();
      const registered = ['http://localhost:1234/cb?x=1', 'https://app.example/cb'];
      const { client_id } = (await world.register({ redirect_uris: registered })).body;
      const left = async (redirect_uri: string) =>
        (await world.browser.visit(world.authorizeUrl({ client_id, redirect_uri }))).status;
      expect(await left('http://localhost:9/cb?x=1')).toBe(200);
      expect(await left('http://localhost/cb?x=1')).toBe(200);
      expect(await left('https://app.example/cb')).toBe(200);
      for (const other of [
        'http://127.0.0.1:1234/cb?x=1',
        'http://localhost:1234/cb',
        'http://localhost:1234/cb/?x=1',
        'https://app.example:8443/cb',
        'https://app.example/cb?',
        'https://app.example/CB',
        'https://app.example/a/../cb',
      ])
        expect(await left(other)).toBe(400);
    },
  );

  it.each([
    'http://127.0.0.1:1/',
    'http://localhost:65535/any/path?x=1',
    'http://[::1]:8080/cb',
    ...KNOWN_EDITOR_REDIRECT_URIS,
  ])('lets a preset client without redirect URIs, and an unknown one, use %s', async (redirect_uri) => {
    const world = createWorld();
    for (const client_id of ['demo-preset', 'from-elsewhere']) {
      const page = await world.browser.visit(world.authorizeUrl({ client_id, redirect_uri }));
      expect(page.html).toContain('name="password"');
    }
    expect(world.event('client.adopted')).toMatchObject({ client_id: 'from-elsewhere', redirect_uri });
  });

  verifies(
    ['rfc8252-7.3-any-port', 'rfc8252-8.4-exact'],
    'holds a preset client with redirect URIs to them',
    async () => {
      const redirect_uris = ['http://127.0.0.1:1/cb', 'https://app.example/cb'];
      const world = createWorld({ clients: [{ client_id: 'demo-preset', redirect_uris }] });
      const status = async (redirect_uri: string) =>
        (await world.browser.visit(world.authorizeUrl({ redirect_uri }))).status;
      for (const good of [...redirect_uris, 'http://127.0.0.1:2/cb']) expect(await status(good)).toBe(200);
      for (const other of [CALLBACK, 'http://localhost:1/cb', 'https://vscode.dev/redirect'])
        expect(await status(other)).toBe(400);
    },
  );

  it('lets the redirect URI be left out if exactly one is registered, here and at /token', async () => {
    const world = createWorld();
    const { client_id } = (await world.register({ redirect_uris: ['https://app.example/cb'] })).body;
    const redirect = await world.signIn({ client_id, redirect_uri: undefined });
    expect(redirect.href).toMatch(/^https:\/\/app\.example\/cb\?code=/);
    const code = redirect.searchParams.get('code') ?? '';
    expect((await world.token({ client_id, code, redirect_uri: undefined })).status).toBe(200);
  });
});

describe('the authorization endpoint, once client and redirect URI are good', () => {
  verifies.each([
    ['no response_type', { response_type: undefined }, 'invalid_request', 'response_type_missing'],
    [
      'another response_type',
      { response_type: 'token' },
      'unsupported_response_type',
      'response_type_not_supported',
    ],
    [
      'another response_mode',
      { response_mode: 'fragment' },
      'invalid_request',
      'response_mode_not_supported',
    ],
    ['no PKCE', { code_challenge: undefined }, 'invalid_request', 'pkce_missing'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request', 'pkce_method_not_supported'],
    [
      'no PKCE method, which means plain',
      { code_challenge_method: undefined },
      'invalid_request',
      'pkce_method_not_supported',
    ],
    ['a short challenge', { code_challenge: 'abc' }, 'invalid_request', 'pkce_challenge_malformed'],
    ['an unknown scope', { scope: 'user admin' }, 'invalid_scope', 'scope_unknown'],
    ['a malformed scope', { scope: 'us"er' }, 'invalid_scope', 'scope_malformed'],
    ['a relative resource', { resource: '/mcp' }, 'invalid_target', 'resource_malformed'],
    ['a resource with fragment', { resource: `${RESOURCE}#x` }, 'invalid_target', 'resource_malformed'],
    ['one bad resource of two', { resource: [RESOURCE, 'urn:x'] }, 'invalid_target', 'resource_malformed'],
    ['a duplicate', { scope: ['user', 'user'] }, 'invalid_request', 'duplicate_parameter'],
    ['a duplicate that nobody knows', { x: ['1', '2'] }, 'invalid_request', 'duplicate_parameter'],
  ])(
    [
      'rfc7636-4.4.1-missing',
      'rfc7636-4.4.1-method',
      'rfc7636-7.2-plain',
      'rfc8252-8.1-pkce',
      'rfc8252-8.2-no-implicit',
      'mcp-pkce-2025-03-26',
      'mcp-response-iss',
      'oauth2.1-3.1-once',
      'oauth2.1-4.1.1-response-type',
      'oauth2.1-4.1.1-enforce-pkce',
      'oauth2.1-4.1.2.1-pkce-required',
      'oauth2.1-4.1.2.1-method-not-supported',
      'oauth2.1-4.1.2.1-error',
      'oauth2.1-4.1.2.1-state',
      'oauth2.1-4.1.3-no-challenge',
      'oauth2.1-4.1.3-verifier-iff-challenge',
      'oauth2.1-7.5.2-enforce-pkce',
      'rfc8707-2-absolute',
      'rfc8707-2-fragment',
      'rfc8707-2.1-invalid-target',
      'rfc9207-2-iss',
      'rfc9700-2.1.1-downgrade',
      'rfc9700-4.8.2-bind-challenge',
      'rfc9700-4.8.2-reject-verifier',
    ],
    'tells the client of %s',
    async (_what, parameters, error, reason) => {
      const world = createWorld();
      const { status, left } = await world.browser.visit(world.authorizeUrl({ state: 's', ...parameters }));
      expect(status).toBe(302);
      expect(left?.href.startsWith(`${CALLBACK}?`)).toBe(true);
      expect(Object.fromEntries(left!.searchParams)).toEqual({
        error,
        error_description: expect.any(String),
        state: 's',
        iss: ISSUER,
      });
      expect(world.event('authorization.refused')).toMatchObject({ error, reason, shown: 'redirect' });
    },
  );

  verifies.each([
    ['PKCE is required', { code_challenge: undefined }],
    ['code_challenge_method must be S256', { code_challenge_method: 'plain' }],
    ['code_challenge_method must be S256', { code_challenge_method: undefined }],
    ['code_challenge_method must be S256', { code_challenge_method: 'S512' }],
  ])(
    [
      'rfc7636-4.4.1-missing-explained',
      'rfc7636-4.4.1-method-explained',
      'rfc7636-7.2-plain',
      'rfc7636-7.2-s256',
    ],
    'says %j of %j',
    async (said, parameters) => {
      const world = createWorld();
      const { left } = await world.browser.visit(world.authorizeUrl(parameters));
      expect(left?.searchParams.get('error')).toBe('invalid_request');
      expect(left?.searchParams.get('error_description')).toContain(said);
    },
  );

  verifies(['rfc7636-4.4-secret'], 'shows the challenge neither on its pages nor with the code', async () => {
    const world = createWorld();
    const challenge = s256Challenge(VERIFIER);
    const login = await world.browser.visit(world.authorizeUrl());
    const consent = await world.browser.submit(login);
    const { left } = await world.browser.submit(consent);
    expect(left?.searchParams.get('code')).toBeTruthy();
    for (const shown of [login.html, consent.html, left?.href]) expect(shown).not.toContain(challenge);
  });

  verifies(
    ['rfc8252-7-three-kinds'],
    'leads to redirect URIs of all three kinds that native clients have',
    async () => {
      const world = createWorld();
      const redirect_uris = ['com.example.app:/oauth', 'https://app.example/cb', 'http://[::1]:4711/cb'];
      const { client_id } = (await world.register({ redirect_uris })).body;
      for (const redirect_uri of redirect_uris) {
        const redirect = await world.signIn({ client_id, redirect_uri });
        expect(redirect.href.startsWith(`${redirect_uri}?code=`)).toBe(true);
      }
    },
  );

  verifies(
    ['oauth2.1-utf-8'],
    'refuses a state that is not UTF-8, since it could not go back byte for byte',
    async () => {
      const world = createWorld();
      const { left } = await world.browser.visit(`${world.authorizeUrl().href}&state=a%FF`);
      expect(left?.searchParams.get('error')).toBe('invalid_request');
      expect(left?.searchParams.has('state')).toBe(false);
      expect(world.event('authorization.refused')?.reason).toBe('state_malformed');
    },
  );

  verifies.each([
    { grant_types: ['refresh_token'], response_types: ['code'] },
    { grant_types: ['authorization_code'], response_types: ['token'] },
  ])(
    ['rfc7591-2-response-types'],
    'tells a client that is configured with %j that the code flow is not for it',
    async (metadata) => {
      const world = createWorld({ clients: [{ client_id: 'demo-preset', ...metadata }] });
      const { left } = await world.browser.visit(world.authorizeUrl());
      expect(left?.searchParams.get('error')).toBe('unauthorized_client');
    },
  );

  it('does not echo a state that came twice', async () => {
    const world = createWorld();
    const { left } = await world.browser.visit(world.authorizeUrl({ state: ['a', 'b'] }));
    expect(left?.searchParams.get('error')).toBe('invalid_request');
    expect(left?.searchParams.has('state')).toBe(false);
  });

  verifies.each([
    'simple',
    'a+b/c==',
    'a b  c',
    '100%25%',
    '&iss=https://evil.example&code=x',
    'vscode://dynamicauthprovider/x?y=1#z',
    '"<script>\\',
    'é✓𝄞',
    'a\r\nSet-Cookie: x=1',
  ])(
    [
      'mcp-response-iss',
      'oauth2.1-4.1.2-code',
      'oauth2.1-4.1.2-state',
      'oauth2.1-4.1.2.1-state',
      'oauth2.1-7.11-sanitize',
      'oauth2.1-utf-8',
      'rfc9207-2-iss',
      'rfc9207-2.3-identical',
    ],
    'echoes the state %j as it came, on success and on error',
    async (state) => {
      const world = createWorld();
      const success = await world.signIn({ state });
      expect(success.searchParams.getAll('state')).toEqual([state]);
      expect(success.searchParams.getAll('iss')).toEqual([ISSUER]);
      expect(success.searchParams.getAll('code')).toHaveLength(1);
      const { left } = await world.browser.visit(world.authorizeUrl({ state, scope: 'no' }));
      expect(left?.searchParams.getAll('state')).toEqual([state]);
      expect(left?.searchParams.getAll('iss')).toEqual([ISSUER]);
    },
  );

  verifies(['oauth2.1-2.3-retain-query'], 'keeps the query that a redirect URI has', async () => {
    const world = createWorld();
    const redirect = await world.signIn({ redirect_uri: 'http://127.0.0.1:1/cb?a=1&b=%20' });
    expect(redirect.href).toMatch(/^http:\/\/127\.0\.0\.1:1\/cb\?a=1&b=%20&code=[\w-]+&iss=/);
  });

  it('of a POST reads the body only, whatever is in its query', async () => {
    const world = createWorld();
    const { searchParams } = world.authorizeUrl();
    const query = new URLSearchParams({ client_id: 'other', redirect_uri: 'https://evil.example/' });
    const page = await world.browser.visit(`${ISSUER}/authorize?${query}`, {
      method: 'POST',
      body: searchParams,
    });
    expect(page.status).toBe(200);
    expect(page.html).toContain('demo-preset');
  });

  verifies(['oauth2.1-7.5.4-303', 'rfc9700-4.12-303'], 'takes the request as a posted form too', async () => {
    const world = createWorld();
    const { origin, pathname, searchParams } = world.authorizeUrl({ state: 's' });
    const page = await world.browser.visit(origin + pathname, { method: 'POST', body: searchParams });
    expect(page.html).toContain('name="password"');
    searchParams.set('scope', 'no');
    const refused = await world.browser.visit(origin + pathname, { method: 'POST', body: searchParams });
    expect({ status: refused.status, error: refused.left?.searchParams.get('error') }).toEqual({
      status: 303,
      error: 'invalid_scope',
    });
  });

  it('answers HEAD as it answers GET, without the page', async () => {
    const world = createWorld();
    const good = await world.fetch(world.authorizeUrl().href, { method: 'HEAD' });
    expect({ status: good.status, body: await good.text() }).toEqual({ status: 200, body: '' });
    const bad = world.authorizeUrl({ client_id: undefined }).href;
    expect((await world.fetch(bad, { method: 'HEAD' })).status).toBe(400);
  });

  verifies.each([undefined, ''])(
    [
      'oauth2.1-1.4.1-omitted-scope',
      'oauth2.1-1.4.1-different-scope',
      'oauth2.1-3.2.3-scope',
      'rfc8707-2.2-effective-scope',
    ],
    'gives a request with the scope %j all that is configured',
    async (scope) => {
      const world = createWorld({ scopes: ['user', 'clock'] });
      expect(await world.flow({ scope })).toMatchObject({ scope: 'user clock' });
      const one = createWorld();
      expect(await one.flow({ scope })).toMatchObject({ scope: 'user' });
    },
  );

  it.each([undefined, ''])(
    'gives a request with the scope %j the default scopes, where there are some',
    async (scope) => {
      const world = createWorld({ scopes: ['user', 'clock'], defaultScopes: ['user'] });
      expect(await world.flow({ scope })).toMatchObject({ scope: 'user' });
      expect(await world.flow({ scope: 'clock' })).toMatchObject({ scope: 'clock' });
    },
  );

  verifies(['oauth2.1-3.1-empty'], 'takes parameters without a value as left out', async () => {
    const world = createWorld();
    const empty = { state: '', resource: '', response_mode: '', x: ['', ''] };
    const redirect = await world.signIn(empty);
    expect([...redirect.searchParams.keys()].sort()).toEqual(['code', 'iss']);
    expect(world.event('authorization.requested')).toMatchObject({ resource_defaulted: true });
  });

  it('puts the only known resource in where none is named, and says so', async () => {
    const world = createWorld();
    await world.browser.visit(world.authorizeUrl());
    expect(world.event('authorization.requested')).toMatchObject({
      scope: 'user',
      resource: [RESOURCE],
      resource_defaulted: true,
      route: 'preset',
    });
    const two = createWorld({ resources: [RESOURCE, 'https://other.example/mcp'] });
    await two.browser.visit(two.authorizeUrl());
    expect(two.event('authorization.requested')).toMatchObject({ resource: [], resource_defaulted: false });
  });

  verifies(
    ['rfc8707-2.1-invalid-target'],
    'in demo mode lets an unknown resource pass with a warning, elsewhere not',
    async () => {
      const resource = 'https://other.example/mcp';
      const demo = createWorld();
      expect((await demo.browser.visit(demo.authorizeUrl({ resource }))).status).toBe(200);
      expect(demo.event('authorization.requested')).toMatchObject({
        level: 'warning',
        resource: [resource],
        unknown_resource: [resource],
      });
      const real = createWorld({ demoMode: false, users: [{ username: 'alice', password: 'x' }] });
      const { left } = await real.browser.visit(real.authorizeUrl({ resource }));
      expect(left?.searchParams.get('error')).toBe('invalid_target');
      expect((await real.browser.visit(real.authorizeUrl({ resource: `${RESOURCE}/` }))).status).toBe(200);
      expect(real.event('authorization.requested')?.resource).toEqual([RESOURCE]);
    },
  );
});

describe('an unknown client', () => {
  it('is adopted with PKCE and a loopback redirect URI, once', async () => {
    const world = createWorld();
    await world.flow({ client_id: 'from-elsewhere' });
    await world.flow({ client_id: 'from-elsewhere' });
    expect(world.events.filter(({ kind }) => kind === 'client.adopted')).toEqual([
      expect.objectContaining({ client_id: 'from-elsewhere', redirect_uri: CALLBACK, looks_like: 'VS Code' }),
    ]);
    expect(world.event('token.issued')).toMatchObject({ route: 'adopted', flows: 2 });
  });

  it.each([
    ['without PKCE', {}, { code_challenge: undefined }, 'adoption_needs_pkce'],
    [
      'with a foreign redirect URI',
      {},
      { redirect_uri: 'https://a.example/' },
      'adoption_needs_loopback_redirect_uri',
    ],
    ['without a redirect URI', {}, { redirect_uri: undefined }, 'adoption_needs_loopback_redirect_uri'],
    ['that is a document URL', {}, { client_id: 'https://a.example/c.json' }, 'client_id_is_url'],
    ['when that is switched off', { unknownClients: 'reject' as const }, {}, 'client_unknown'],
    ['where clients cannot register', { registration: ['preset'] as const }, {}, 'client_unknown'],
    [
      'outside demo mode',
      { demoMode: false, users: [{ username: 'a', password: 'b' }] },
      {},
      'client_unknown',
    ],
  ])('is refused on a page %s', async (_what, options, parameters, reason) => {
    const world = createWorld(options);
    const page = await world.browser.visit(world.authorizeUrl({ client_id: 'stale-id', ...parameters }));
    expect(page.status).toBe(400);
    for (const said of [
      'not known',
      'Authentication: Remove Dynamic Authentication Providers',
      'MCP Inspector',
      'Claude Code',
      'Cursor',
      'mcp-remote',
    ])
      expect(page.html).toContain(said);
    expect(world.event('authorization.refused')).toMatchObject({ route: 'unknown', reason });
    expect(world.event('client.adopted')).toBeUndefined();
  });

  it('is adopted where clients cannot register only if that is asked for', async () => {
    const world = createWorld({ registration: ['preset'], unknownClients: 'adopt' });
    await world.flow({ client_id: 'from-elsewhere' });
    expect(world.event('client.adopted')).toMatchObject({ client_id: 'from-elsewhere' });
    const { html } = await createWorld({ registration: ['preset'] }).browser.visit(
      world.authorizeUrl({ client_id: 'from-elsewhere' }),
    );
    expect(html).toContain('register here by themselves');
    expect(html).not.toContain('register again');
    expect(html).toContain('--unknown-clients=adopt');
  });

  it.each([
    ['VS Code', 'http://127.0.0.1:33418/', 'Authentication: Remove Dynamic Authentication Providers'],
    ['MCP Inspector', 'http://localhost:6274/oauth/callback', 'Clear OAuth state'],
    ['Claude Code', 'http://localhost:4711/callback', 'claude mcp login'],
    ['Cursor', 'cursor://anysphere.cursor-mcp/oauth/callback', 'remove the server'],
    ['mcp-remote', 'http://localhost:4711/oauth/callback', '.mcp-auth'],
  ])('that looks like %s gets the remedy for it first', async (name, redirect_uri, remedy) => {
    const world = createWorld({ unknownClients: 'reject' });
    const { html } = await world.browser.visit(world.authorizeUrl({ client_id: 'stale-id', redirect_uri }));
    expect(html).toContain(`It looks like <strong>${name}</strong>`);
    const [, first] = /<ul>\s*<li>(.*?)<\/li>/s.exec(html) ?? [];
    expect(first).toContain(`<strong>${name}</strong>`);
    expect(first).toContain(remedy);
  });

  it('is shown on that page how the operator can have clients register again', async () => {
    const said = async (options: Parameters<typeof createWorld>[0]) => {
      const world = createWorld(options);
      return (await world.browser.visit(world.authorizeUrl({ client_id: 'stale-id' }))).html;
    };
    const html = await said({ unknownClients: 'reject' });
    expect(html).toContain('--unknown-clients=reregister');
    expect(html).toContain('--epoch second');
    expect(html).not.toContain('in its');
    expect(await said({ registration: ['preset'] })).not.toContain('reregister');
    const withoutPresets = { registration: ['dcr'] as const, clients: [], unknownClients: 'reject' as const };
    expect(await said(withoutPresets)).toContain('with <code>preset</code> in its');
  });

  it('is shown no way of making its id known that would not help', async () => {
    const world = createWorld();
    const said = async (parameters: Parameters<typeof world.authorizeUrl>[0]) =>
      (await world.browser.visit(world.authorizeUrl({ client_id: 'stale-id', ...parameters }))).html;
    const elsewhere = await said({ redirect_uri: 'https://app.example/cb' });
    expect(elsewhere).toContain('--client stale-id=&lt;redirect_uri&gt;');
    // With an id that is known it would still need PKCE.
    expect(await said({ code_challenge: undefined })).not.toContain('--client');
  });

  it('has its id offered for pasting only if a shell would take it as one word', async () => {
    const world = createWorld({ unknownClients: 'reject' });
    const said = async (client_id: string) =>
      (await world.browser.visit(world.authorizeUrl({ client_id }))).html;
    expect(await said('stale-id')).toContain('--client stale-id');
    expect(await said('x; rm -rf ~')).toContain('--client &lt;id&gt;');
  });

  verifies(['rfc8252-8.4-public', 'rfc8252-8.4-client-type'], 'is adopted as a public client', async () => {
    const world = createWorld();
    const code = codeIn(await world.signIn({ client_id: 'from-elsewhere' }));
    const withSecret = { client_id: 'from-elsewhere', code, client_secret: 'a-secret' };
    expect((await world.token(withSecret)).body['error']).toBe('invalid_client');
    expect((await world.token({ client_id: 'from-elsewhere', code })).status).toBe(200);
  });

  it('is not kept if the rest of its request is bad', async () => {
    const world = createWorld();
    await world.browser.visit(world.authorizeUrl({ client_id: 'from-elsewhere', scope: 'no' }));
    expect(world.event('client.adopted')).toBeUndefined();
    expect((await world.fetch(`${ISSUER}/client-evidence?client_id=from-elsewhere`)).status).toBe(404);
  });
});
