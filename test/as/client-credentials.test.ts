import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, NEVER, type Store } from '../../src/as/index.js';
import { hashSecret } from '../../src/shared/secret.js';
import { verifies } from '../verifies.js';
import { CLIENT as DOCUMENT, documentHost, documentOf } from './document-host.js';
import { watched } from './stores.js';
import { basic, createWorld, ISSUER, type Parameters, RESOURCE, type World } from './support.js';

const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
const BACKEND = {
  client_id: 'backend',
  client_secret: 'its-long-random-secret',
  grant_types: ['client_credentials'],
};
const OTHER = 'https://other.example/mcp';

let world: World;

beforeEach(() => {
  world = createWorld({ grants: GRANTS, scopes: ['user', 'clock'], clients: [BACKEND] });
});

const ask = (parameters: Parameters = {}) =>
  world.post('/token', {
    grant_type: 'client_credentials',
    client_id: BACKEND.client_id,
    client_secret: BACKEND.client_secret,
    ...parameters,
  });

describe('client_credentials', () => {
  verifies(
    ['mcp-grant-types-audience', 'oauth2.1-4.2.1-authenticate', 'rfc9068-2.2-sub-client'],
    'gives a confidential client a token of its own, and no refresh token',
    async () => {
      const headers = { authorization: basic('backend', 'its-long-random-secret') };
      const { status, body } = await world.post('/token', { grant_type: 'client_credentials' }, headers);
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          access_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 3600,
          scope: 'user clock',
        },
      });
      expect(await world.introspect(body['access_token'])).toMatchObject({
        active: true,
        sub: 'backend',
        client_id: 'backend',
        aud: RESOURCE,
      });
      expect(world.event('token.issued')).toMatchObject({
        grant_type: 'client_credentials',
        route: 'preset',
      });
    },
  );

  it('gives no refresh token to a client that is registered for those too', async () => {
    const grant_types = ['authorization_code', 'refresh_token', 'client_credentials'];
    world = createWorld({ grants: GRANTS, clients: [{ ...BACKEND, grant_types }] });
    expect((await ask()).body).not.toHaveProperty('refresh_token');
  });

  it('is off unless it is switched on, and the metadata says which', async () => {
    const served = async () =>
      (await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json()) as {
        grant_types_supported: string[];
      };
    expect((await served()).grant_types_supported).toContain('client_credentials');
    world = createWorld();
    expect((await served()).grant_types_supported).not.toContain('client_credentials');
    const answer = await ask({ client_id: 'demo-preset', client_secret: undefined });
    expect(answer.body['error']).toBe('unsupported_grant_type');
  });

  it('is refused to a client that is not registered for it', async () => {
    world = createWorld({
      grants: GRANTS,
      clients: [{ client_id: 'backend', client_secret: 'its-long-random-secret' }],
    });
    expect((await ask()).body['error']).toBe('unauthorized_client');
  });

  it('does not open /authorize to a client that is registered for nothing else', async () => {
    const { searchParams } = (await world.browser.visit(world.authorizeUrl({ client_id: 'backend' }))).left!;
    expect(searchParams.get('error')).toBe('unauthorized_client');
  });

  it.each([
    ['the scope it asks for', 'clock', 'clock'],
    ['all of its own without one', undefined, 'user clock'],
  ])('grants %s', async (_what, scope, granted) => {
    expect((await ask({ scope })).body['scope']).toBe(granted);
  });

  it.each(['admin', 'user admin', 'offline_access', 'us"er'])('refuses the scope %s', async (scope) => {
    const { status, body } = await ask({ scope });
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_scope' });
  });

  verifies(
    ['oauth2.1-7.3.2-client-identity'],
    'is limited to the scope registered for the client, as no user consents',
    async () => {
      const clients = [{ ...BACKEND, scope: 'clock offline_access' }];
      world = createWorld({ grants: GRANTS, scopes: ['user', 'clock'], clients });
      expect((await ask()).body['scope']).toBe('clock');
      expect((await ask({ scope: 'user' })).body['error']).toBe('invalid_scope');
    },
  );

  it.each([
    ['no scope that is served here', { scope: 'admin' }],
    ['offline_access only', { scope: 'offline_access' }],
  ])('is refused to a client with %s, as nothing would be granted', async (_what, metadata) => {
    world = createWorld({ grants: GRANTS, clients: [{ ...BACKEND, ...metadata }] });
    const { status, body } = await ask();
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_scope' });
    expect(world.event('token.refused')).toMatchObject({ reason: 'scope_not_registered' });
  });

  it('never grants offline_access, which is for users, also where it is a scope by default', async () => {
    world = createWorld({ grants: GRANTS, scopes: ['user', 'offline_access'], clients: [BACKEND] });
    expect((await ask()).body['scope']).toBe('user');
    expect((await ask({ scope: 'offline_access' })).body['error']).toBe('invalid_scope');
  });

  verifies(
    [
      'rfc9700-2.6-client-id',
      'rfc9700-4.15.1-client-id',
      'rfc9700-4.15.1-apart',
      'oauth2.1-7.4-client-id',
      'oauth2.1-7.4-apart',
    ],
    'is refused to a client that is called like a user, also one that its metadata document names',
    async () => {
      const host = documentHost();
      const { privateKey, publicKey } = await generateKeyPair('ES256');
      host.serve(
        documentOf({
          grant_types: ['client_credentials'],
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: { keys: [await exportJWK(publicKey)] },
        }),
      );
      const askAs = async (username: string) => {
        const users = [{ username, password: 'x' }];
        world = createWorld({ grants: GRANTS, users }, undefined, { fetchDocument: host.fetchDocument });
        const now = world.clock.now();
        const claims = { iss: DOCUMENT, sub: DOCUMENT, aud: ISSUER, exp: now + 60, jti: username };
        return world.post('/token', {
          grant_type: 'client_credentials',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
        });
      };
      expect((await askAs('alice')).status).toBe(200);
      expect((await askAs(DOCUMENT)).body['error']).toBe('unauthorized_client');
      expect(world.event('token.refused')).toMatchObject({ reason: 'client_called_like_user' });
    },
  );

  it('is for the resources it names, and for known ones only outside demo mode', async () => {
    const several = await ask({ resource: [RESOURCE, OTHER] });
    expect(await world.introspect(several.body['access_token'])).toMatchObject({ aud: [RESOURCE, OTHER] });
    expect(world.event('token.issued')).toMatchObject({ unknown_resource: [OTHER], level: 'warning' });
    expect((await ask({ resource: 'not-a-uri' })).body['error']).toBe('invalid_target');
    world = createWorld({
      grants: GRANTS,
      clients: [BACKEND],
      demoMode: false,
      users: [{ username: 'alice', password: 'x' }],
    });
    expect((await ask({ resource: RESOURCE })).status).toBe(200);
    expect((await ask({ resource: OTHER })).body['error']).toBe('invalid_target');
  });

  it('ends with its token, and a revocation leaves other tokens of the client', async () => {
    const [one, two] = [(await ask()).body, (await ask()).body];
    const revoked = {
      token: one['access_token'],
      client_id: 'backend',
      client_secret: 'its-long-random-secret',
    };
    expect((await world.post('/revoke', revoked)).status).toBe(200);
    expect(await world.introspect(one['access_token'])).toEqual({ active: false });
    expect(await world.introspect(two['access_token'])).toMatchObject({ active: true });
    world.clock.advance(3600);
    expect(await world.introspect(two['access_token'])).toEqual({ active: false });
  });
});

describe('client_credentials of a client that registered itself', () => {
  const grant_types = ['authorization_code', 'client_credentials'];

  it('is there in demo mode, if it has a secret', async () => {
    const { createStore, store } = watched();
    world = createWorld({ grants: GRANTS }, createStore);
    const { body } = await world.register({ grant_types, token_endpoint_auth_method: 'client_secret_post' });
    expect(body['grant_types']).toEqual(grant_types);
    const { client_id, client_secret } = body;
    expect((await ask({ client_id, client_secret })).status).toBe(200);
    expect(world.event('token.issued')).toMatchObject({ route: 'dcr' });
    expect(await store().get('client', client_id!), 'kept apart from those that nobody uses').toBeDefined();
  });

  verifies(
    ['oauth2.1-4.2-confidential-only', 'oauth2.1-2.4-privileges'],
    'is left out of the registration of a public client',
    async () => {
      const { status, body } = await world.register({ grant_types });
      expect({ status, grant_types: body['grant_types'] }).toEqual({
        status: 201,
        grant_types: ['authorization_code'],
      });
      const answer = await ask({ client_id: body['client_id'], client_secret: undefined });
      expect(answer.body['error']).toBe('unauthorized_client');
    },
  );

  verifies(
    ['oauth2.1-2.1-confidence', 'oauth2.1-2.4-privileges'],
    'is left out outside demo mode: anybody can register',
    async () => {
      world = createWorld({ grants: GRANTS, demoMode: false, users: [{ username: 'alice', password: 'x' }] });
      const { body } = await world.register({
        grant_types,
        token_endpoint_auth_method: 'client_secret_post',
      });
      expect(body['grant_types']).toEqual(['authorization_code']);
      const { client_id, client_secret } = body;
      expect((await ask({ client_id, client_secret })).body['error']).toBe('unauthorized_client');
    },
  );
});

describe('client_credentials of a client that is in the store from other times', () => {
  const OUTSIDE_DEMO_MODE = { demoMode: false, users: [{ username: 'alice', password: 'x' }] };
  let store: Store;

  /** A server whose store holds this client already. */
  async function worldWith(
    method: string,
    secret: { readonly client_secret_hash?: string } = {},
    options = {},
  ) {
    world = createWorld({ grants: GRANTS, ...options }, (clock) => (store = createMemoryStore(clock)));
    const client = { client_id: 'backend', origin: 'dcr', created_at: 0 } as const;
    const metadata = {
      token_endpoint_auth_method: method,
      grant_types: ['client_credentials'],
      response_types: [],
    };
    await store.put('client', 'backend', { ...client, ...secret, metadata }, NEVER);
  }

  verifies(['oauth2.1-4.2-confidential-only'], 'is refused to a public one', async () => {
    await worldWith('none');
    expect((await ask({ client_secret: undefined })).body['error']).toBe('unauthorized_client');
    expect(world.event('token.refused')).toMatchObject({ reason: 'client_is_public' });
  });

  it('is refused outside demo mode to one that registered itself', async () => {
    const client_secret_hash = hashSecret('its-long-random-secret');
    await worldWith('client_secret_post', { client_secret_hash });
    expect((await ask()).status).toBe(200);
    await worldWith('client_secret_post', { client_secret_hash }, OUTSIDE_DEMO_MODE);
    expect((await ask()).body['error']).toBe('unauthorized_client');
    expect(world.event('token.refused')).toMatchObject({ reason: 'client_not_preset' });
  });
});
