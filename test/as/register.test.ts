import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/as/index.js';
import { verifies } from '../verifies.js';
import { CALLBACK, createWorld, ISSUER } from './support.js';

describe('POST /register', () => {
  verifies(
    [
      'rfc7591-2-ignore',
      'rfc7591-2-redirect-uris',
      'rfc7591-3-post',
      'rfc7591-3-open',
      'rfc7591-3.2.1-client-id',
      'rfc7591-3.2.1-all-metadata',
      'rfc8252-8.4-public',
      'oauth2.1-8.1-public',
      'rfc8252-8.5-no-shared-secret',
      'mcp-overview-dcr',
      'oauth2.1-2-registration',
      'oauth2.1-8.1-client-type',
      'oauth2.1-8.1.1-no-shared-secret',
    ],
    'answers 201 with the metadata in force, and a public client gets no secret',
    async () => {
      const world = createWorld();
      const { status, headers, body } = await world.register({
        client_name: 'A client',
        application_type: 'native',
        scope: 'user email',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        logo_uri: null,
        unknown_member: 'x',
      });
      expect(status).toBe(201);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual({
        client_id: expect.any(String),
        client_id_issued_at: world.clock.now(),
        registration_client_uri: expect.any(String),
        registration_access_token: expect.any(String),
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        client_name: 'A client',
        application_type: 'native',
        scope: 'user',
      });
      expect(world.event('client.registered')?.dropped).toEqual([
        'urn:ietf:params:oauth:grant-type:device_code',
        'email',
      ]);
    },
  );

  verifies(
    ['rfc7591-3.2.1-secret-expiry', 'rfc7591-3.2.1-all-metadata', 'oauth2.1-2.4-rely'],
    'takes the defaults of RFC 7591 where members are missing',
    async () => {
      const { body } = await createWorld().register({
        token_endpoint_auth_method: undefined,
        grant_types: undefined,
        scope: '',
      });
      expect(body).toMatchObject({
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        client_secret: expect.stringMatching(/^[\w-]{43}$/),
        client_secret_expires_at: 0,
      });
      expect(body).not.toHaveProperty('scope');
    },
  );

  verifies(
    ['rfc7591-3.2.1-unique-id', 'rfc7591-3.2.1-unique-secret', 'rfc7591-5-secret-per-instance'],
    'gives each registration its own client_id and secret, also if the same is registered twice',
    async () => {
      const world = createWorld();
      const metadata = {
        client_name: 'The same',
        software_id: 'the-same',
        token_endpoint_auth_method: 'client_secret_post',
      };
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.register(metadata)));
      for (const member of ['client_id', 'client_secret'])
        expect(new Set(answers.map(({ body }) => body[member])).size).toBe(20);
    },
  );

  verifies.each([
    [['authorization_code'], ['code', 'token'], [['authorization_code'], ['code']]],
    [['client_credentials'], undefined, [['client_credentials'], []]],
    [['client_credentials'], ['code'], [['client_credentials'], []]],
    [['authorization_code'], [], undefined],
    [['implicit'], ['token'], undefined],
    [['refresh_token'], ['code'], undefined],
  ])(
    ['rfc7591-2.1-consistent'],
    'comes with %j and %j to grant and response types that fit together, or to none: %j',
    async (grant_types, response_types, accepted) => {
      const { register } = createWorld({
        grants: ['authorization_code', 'client_credentials', 'refresh_token'],
      });
      const metadata = { grant_types, response_types, token_endpoint_auth_method: 'client_secret_basic' };
      const { status, body } = await register(metadata);
      expect(status === 201 ? [body['grant_types'], body['response_types']] : body['error']).toEqual(
        accepted ?? 'invalid_client_metadata',
      );
    },
  );

  it("takes Cursor's three redirect URIs", async () => {
    const redirect_uris = [
      'cursor://anysphere.cursor-mcp/oauth/callback',
      'https://www.cursor.com/agents/mcp/oauth/callback',
      'http://localhost:8787/callback',
    ];
    const { status, body } = await createWorld().register({ redirect_uris, application_type: 'web' });
    expect(status).toBe(201);
    expect(body['redirect_uris']).toEqual(redirect_uris);
  });

  verifies(
    ['rfc7591-3.2.1-all-metadata', 'rfc7591-5-redirect-kinds'],
    'leaves redirect URIs out that are not allowed here, as long as another one remains, and says so',
    async () => {
      const world = createWorld();
      const redirect_uris = [
        'myapp://callback',
        CALLBACK,
        'http://evil.example/',
        'javascript:alert(1)',
        'com.example.app:/oauth',
      ];
      const { status, body } = await world.register({ redirect_uris });
      expect(status).toBe(201);
      expect(body['redirect_uris']).toEqual([CALLBACK, 'com.example.app:/oauth']);
      expect(world.event('client.registered')?.dropped).toEqual([
        'myapp://callback',
        'http://evil.example/',
        'javascript:alert(1)',
      ]);
      const asked = { client_id: body['client_id'], redirect_uri: 'myapp://callback' };
      const { status: refused, left } = await world.browser.visit(world.authorizeUrl(asked));
      expect({ refused, left }).toEqual({ refused: 400, left: undefined });
    },
  );

  it('takes redirect URIs with a scheme that is allowed, and leads back to them', async () => {
    const world = createWorld({ redirectSchemes: ['myapp'] });
    const redirect_uri = 'myapp://callback';
    const { body } = await world.register({ redirect_uris: [redirect_uri, 'otherapp://callback'] });
    expect(body['redirect_uris']).toEqual([redirect_uri]);
    const left = await world.signIn({ client_id: body['client_id'], redirect_uri });
    expect(left.href).toMatch(/^myapp:\/\/callback\?code=/);
    // It opens no way for clients that have not registered it.
    const unknown = world.authorizeUrl({ client_id: 'from-elsewhere', redirect_uri });
    expect((await world.browser.visit(unknown)).status).toBe(400);
  });

  verifies(
    ['rfc7591-2.1-consistent'],
    'takes a client that acts for itself only without redirect URIs, and it cannot come with a user',
    async () => {
      const world = createWorld({ grants: ['authorization_code', 'client_credentials'] });
      const { status, body } = await world.register({
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: undefined,
        response_types: ['code'],
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      });
      expect(world.event('client.registered')?.dropped).toEqual(['code']);
      const { client_id, client_secret } = body;
      const form = { grant_type: 'client_credentials', client_id, client_secret };
      expect((await world.post('/token', form)).status).toBe(200);
      const { left, status: page } = await world.browser.visit(world.authorizeUrl({ client_id }));
      expect({ left, page }).toEqual({ left: undefined, page: 400 });
    },
  );

  it('takes an empty list of redirect URIs for none, from a client that acts for itself only', async () => {
    const world = createWorld({ grants: ['authorization_code', 'client_credentials'] });
    const metadata = {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [],
    };
    expect(await world.register(metadata)).toMatchObject({ status: 201, body: { redirect_uris: [] } });
  });

  it('does not let a public client act for itself', async () => {
    const world = createWorld({ grants: ['authorization_code', 'client_credentials'] });
    const grant_types = ['authorization_code', 'client_credentials'];
    const { body } = await world.register({ grant_types });
    expect(body['grant_types']).toEqual(['authorization_code']);
    const alone = await world.register({ grant_types: ['client_credentials'], redirect_uris: undefined });
    expect(alone).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  });

  it.each([
    ['native', 'https://app.example/cb'],
    ['web', CALLBACK],
    ['web', 'cursor://anysphere.cursor-mcp/oauth/callback'],
    ['service', CALLBACK],
  ])('records the application_type %s, whatever the redirect URI is: %s', async (application_type, uri) => {
    const world = createWorld();
    const { status, body } = await world.register({ application_type, redirect_uris: [uri] });
    expect(status).toBe(201);
    expect(body['application_type']).toBe(application_type);
    expect(world.event('client.registered')).toMatchObject({ application_type });
  });

  verifies.each([
    ['invalid_redirect_uri', { redirect_uris: undefined }],
    ['invalid_redirect_uri', { redirect_uris: [] }],
    ['invalid_redirect_uri', { redirect_uris: 'http://localhost/' }],
    ['invalid_redirect_uri', { redirect_uris: [7] }],
    ['invalid_redirect_uri', { redirect_uris: ['javascript:alert(1)'] }],
    ['invalid_redirect_uri', { redirect_uris: ['javascript:alert(1)', 'http://evil.example/'] }],
    ['invalid_redirect_uri', { redirect_uris: [CALLBACK, 'https://a.example/#fragment'] }],
    ['invalid_redirect_uri', { redirect_uris: [CALLBACK, `https://a.example/${'x'.repeat(2048)}`] }],
    ['invalid_redirect_uri', { redirect_uris: ['https://a.example/#fragment'] }],
    ['invalid_client_metadata', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['invalid_client_metadata', { grant_types: ['client_credentials'] }],
    ['invalid_client_metadata', { grant_types: ['refresh_token'] }],
    ['invalid_client_metadata', { grant_types: 'authorization_code' }],
    ['invalid_client_metadata', { response_types: ['token'] }],
    ['invalid_client_metadata', { client_name: 'x'.repeat(201) }],
    ['invalid_client_metadata', { client_name: 'a\u0007b' }],
    ['invalid_client_metadata', { client_name: 'Evil \u202egnihton swolla' }],
    ['invalid_client_metadata', { client_name: 'a\u2028b' }],
    ['invalid_client_metadata', { client_name: ' \u200b' }],
    ['invalid_client_metadata', { client_uri: 'javascript:alert(1)' }],
    ['invalid_client_metadata', { scope: 'a"b' }],
  ])(
    [
      'rfc7591-2.1-consistent',
      'rfc7591-3.2.2-error',
      'rfc7591-5-redirect-required',
      'rfc7591-5-redirect-kinds',
      'rfc8252-8.4-complete',
      'oauth2.1-2-registration',
      'oauth2.1-2.3-fragment',
      'oauth2.1-2.3.1-register',
      'rfc9700-2.6-no-http-redirect-uri',
      'mcp-communication-redirect-uris',
    ],
    'answers %s to %j, and keeps nothing',
    async (error, metadata) => {
      const world = createWorld();
      const { status, headers, body } = await world.register(metadata);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(world.event('client.registration_refused')?.error).toBe(error);
      expect(world.event('client.registered')).toBeUndefined();
    },
  );

  verifies.each([
    ['text/plain', '{}', 415],
    ['application/json', '[]', 400],
    ['application/json', '{', 400],
    ['application/json', JSON.stringify({ client_name: 'x'.repeat(70_000) }), 413],
  ])(['rfc7591-3-post'], 'answers a body of %s that is %.10s… with %d', async (type, body, status) => {
    const { fetch } = createWorld();
    const headers = { 'content-type': type };
    expect((await fetch(`${ISSUER}/register`, { method: 'POST', body, headers })).status).toBe(status);
  });

  it('pushes out no client that somebody has signed in for, however often it is called', async () => {
    const world = createWorld({}, (clock) => createMemoryStore(clock, { maxRecords: 60 }));
    const used = (await world.register()).body;
    const unused = (await world.register()).body;
    const { refresh_token } = await world.flow({ client_id: used['client_id'] });
    await world.flow({ client_id: 'adopted-one' });
    for (let n = 0; n < 5; n += 1) await world.register();
    const refresh = { grant_type: 'refresh_token', client_id: used['client_id'], refresh_token };
    expect((await world.token(refresh)).status).toBe(200);
    const origin = async (client_id = '') => {
      const response = await world.fetch(`${ISSUER}/client-evidence?client_id=${client_id}`);
      return ((await response.json()) as { origin?: string }).origin;
    };
    expect(await origin(used['client_id'])).toBe('dcr');
    expect(await origin('adopted-one')).toBe('adopted');
    expect(await origin(unused['client_id'])).toBeUndefined();
  });
});
