import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/as/index.js';
import { deviates, verifies } from '../verifies.js';
import { basic, CALLBACK, codeIn, createWorld, ISSUER, RESOURCE, type World } from './support.js';

let world: World;
const demoPair = { authorization: basic('demo-rs', 'demo-rs-secret') };

beforeEach(() => {
  world = createWorld();
});

describe('introspection', () => {
  const other = 'https://other.example/mcp';
  /** whether a token for {@link RESOURCE} is active to the resource server with this id */
  const askedBy = async (id: string) => {
    world = createWorld({ rsCredentials: [{ id, secret: 'secret' }] });
    const { access_token: token } = await world.flow({ resource: RESOURCE });
    const headers = { authorization: basic(id, 'secret') };
    return (await world.post('/introspect', { token }, headers)).body['active'];
  };

  verifies(
    [
      'rfc6750-5.2-scope',
      'rfc6750-5.3-audience',
      'rfc7662-2.2-active',
      'rfc7662-2.2-registered-names',
      'rfc7662-5-privacy',
      'oauth2.1-7.1.2-scope',
      'oauth2.1-7.1.3.6-audience',
      'oauth2.1-7.1.4-audience',
      'oauth2.1-7.1.4-actions',
      'oauth2.1-7.3.2-audience',
      'rfc8707-2-audience',
      'rfc9700-2.3-audience',
      'rfc9700-2.3-actions',
      'rfc9700-4.9.3-audience',
    ],
    'tells a resource server what an active token is worth',
    async () => {
      const { access_token } = await world.flow({ scope: 'user' });
      const { status, headers, body } = await world.post('/introspect', { token: access_token }, demoPair);
      expect({ status, cache: headers.get('cache-control') }).toEqual({ status: 200, cache: 'no-store' });
      expect(body).toEqual({
        active: true,
        iss: ISSUER,
        sub: 'demo_user',
        aud: RESOURCE,
        client_id: 'demo-preset',
        scope: 'user',
        token_type: 'Bearer',
        iat: world.clock.now(),
        exp: world.clock.now() + 3600,
        jti: expect.stringMatching(/^[\w-]{22}$/),
      });
      expect(world.event('token.introspected')).toMatchObject({
        caller: 'demo-rs',
        active: true,
        aud: [RESOURCE],
      });
    },
  );

  it('has no aud for a token that is for no resource in particular', async () => {
    world = createWorld({ resources: [] });
    const { access_token } = await world.flow();
    expect(await world.introspect(access_token)).not.toHaveProperty('aud');
  });

  verifies(
    [
      'rfc6750-5.2-lifetime',
      'rfc7662-2.1-undetermined',
      'rfc7662-2.2-inactive',
      'rfc7662-2.2-nothing-more',
      'rfc7662-4-checks',
      'rfc7662-4-expired',
      'rfc7662-4-no-claims',
      'mcp-lifetimes-2025-03-26',
      'mcp-security-rotation-2025-03-26',
      'mcp-token-handling-own',
      'mcp-token-theft-short-lived',
      'oauth2.1-7.1.3.5-short-lived',
    ],
    'says nothing but inactive of an expired, unknown or refresh token',
    async () => {
      const { access_token, refresh_token } = await world.flow();
      expect(await world.introspect(refresh_token)).toEqual({ active: false });
      expect(await world.introspect('never-issued')).toEqual({ active: false });
      world.clock.advance(3600);
      expect(await world.introspect(access_token)).toEqual({ active: false });
    },
  );

  verifies.each([
    ['nobody', {}, {}, 'rs_credentials_missing'],
    ['a wrong secret', {}, { authorization: basic('demo-rs', 'x') }, 'rs_credentials_wrong'],
    ['another scheme', {}, { authorization: 'Bearer x' }, 'rs_credentials_wrong'],
    ['a wrong secret in the form', { client_id: 'demo-rs', client_secret: 'x' }, {}, 'rs_credentials_wrong'],
    [
      'a client with its own secret',
      { client_id: 'web', client_secret: 'its-long-random-secret' },
      {},
      'rs_credentials_wrong',
    ],
    ['a public client', { client_id: 'demo-preset' }, {}, 'rs_credentials_missing'],
  ])(
    ['rfc7662-2.1-authorization', 'rfc7662-4-authenticate', 'rfc7662-4-authorized', 'rfc7662-5-privacy'],
    'refuses %s',
    async (_who, form, headers, reason) => {
      world = createWorld({
        clients: [
          { client_id: 'demo-preset' },
          { client_id: 'web', client_secret: 'its-long-random-secret' },
        ],
      });
      const answer = await world.post('/introspect', { token: 'x', ...form }, headers);
      expect({ status: answer.status, error: answer.body['error'] }).toEqual({
        status: 401,
        error: 'invalid_client',
      });
      expect(answer.headers.get('www-authenticate')).toEqual(
        'authorization' in headers ? expect.stringMatching(/^Basic /) : null,
      );
      expect(world.event('introspection.refused')?.reason).toBe(reason);
    },
  );

  it('takes configured credentials, and then the known pair no longer', async () => {
    world = createWorld({ rsCredentials: [{ id: 'rs one', secret: 'a:b+c' }] });
    const ask = async (headers: Record<string, string>) =>
      (await world.post('/introspect', { token: 'x' }, headers)).status;
    expect(await ask({ authorization: basic('rs one', 'a:b+c') })).toBe(200);
    expect(await ask(demoPair)).toBe(401);
    const inForm = { token: 'x', client_id: 'rs one', client_secret: 'a:b+c' };
    expect((await world.post('/introspect', inForm)).status).toBe(200);
  });

  it('takes each of two secrets of one id, so that a resource server can change over', async () => {
    world = createWorld({
      rsCredentials: ['old', 'new'].map((secret) => ({ id: 'rs', secret })),
    });
    const ask = async (secret: string) =>
      (await world.post('/introspect', { token: 'x' }, { authorization: basic('rs', secret) })).status;
    expect([await ask('old'), await ask('new'), await ask('other')]).toEqual([200, 200, 401]);
  });

  verifies(['rfc7662-4-authorized'], 'does not know the demo pair outside demo mode', async () => {
    world = createWorld({ demoMode: false, users: [{ username: 'alice', password: 'x' }] });
    expect((await world.post('/introspect', { token: 'x' }, demoPair)).status).toBe(401);
  });

  verifies(
    ['rfc7662-2.2-inactive', 'rfc7662-4-resource', 'mcp-token-handling-own'],
    'calls tokens for others inactive to a resource server whose id is its URL',
    async () => {
      const at = (id: string) => ({ authorization: basic(id, 'secret') });
      world = createWorld({
        rsCredentials: [RESOURCE, other].map((id) => ({ id, secret: 'secret' })),
      });
      const { access_token: one } = await world.flow({ resource: RESOURCE });
      const { access_token: both } = await world.flow({ resource: [RESOURCE, other] });
      const activeAt = async (id: string, token: string | undefined) =>
        (await world.post('/introspect', { token }, at(id))).body['active'];
      expect(await activeAt(RESOURCE, one)).toBe(true);
      expect((await world.post('/introspect', { token: one }, at(other))).body).toEqual({ active: false });
      expect(world.event('token.introspected')).toMatchObject({
        caller: other,
        reason: 'token_for_other_resource',
      });
      for (const id of [RESOURCE, other]) expect(await activeAt(id, both)).toBe(true);
    },
  );

  deviates(
    'unplaced-resource-servers',
    'tells a resource server whose id is no URL of tokens for any resource',
    async () => {
      expect(await askedBy('no-url')).toBe(true);
    },
  );

  deviates.off(
    'unplaced-resource-servers',
    'tells one whose id is its URL of tokens for that resource only',
    async () => {
      expect(await askedBy(other)).toBe(false);
      expect(await askedBy(RESOURCE)).toBe(true);
    },
  );

  it('tells a resource server whose id is its URL of tokens for no resource in particular', async () => {
    world = createWorld({ resources: [], rsCredentials: [{ id: RESOURCE, secret: 'secret' }] });
    const { access_token: token } = await world.flow();
    const headers = { authorization: basic(RESOURCE, 'secret') };
    expect((await world.post('/introspect', { token }, headers)).body).toMatchObject({ active: true });
  });

  it('is open to all if that is switched on, but not to wrong credentials', async () => {
    world = createWorld({ openIntrospection: true });
    expect((await world.post('/introspect', { token: 'x' })).body).toEqual({ active: false });
    expect((await world.post('/introspect', { token: 'x' }, { authorization: basic('a', 'b') })).status).toBe(
      401,
    );
  });

  verifies(
    ['rfc7662-2.2-inactive', 'rfc7662-2.3-no-error', 'rfc7662-4-no-claims'],
    'calls a token that is not active no error',
    async () => {
      const { access_token } = await world.flow();
      world.clock.advance(3600);
      for (const token of ['never-issued', 'a.b.c', '\0', access_token]) {
        const { status, body } = await world.post('/introspect', { token }, demoPair);
        expect({ status, body }).toEqual({ status: 200, body: { active: false } });
      }
    },
  );

  verifies.each([['access_token'], ['refresh_token'], ['no-such-type'], ['']])(
    ['rfc7662-2.1-hint'],
    'finds an access token whatever the hint %j says',
    async (token_type_hint) => {
      const { access_token: token } = await world.flow();
      const { body } = await world.post('/introspect', { token, token_type_hint }, demoPair);
      expect(body).toMatchObject({ active: true });
    },
  );

  verifies(['rfc7662-2.1-token'], 'needs a token', async () => {
    expect((await world.post('/introspect', {}, demoPair)).body['error']).toBe('invalid_request');
  });
});

describe('revocation', () => {
  const revoke = (token: string | undefined, client_id = 'demo-preset') =>
    world.post('/revoke', { token, client_id });

  verifies(
    [
      'rfc7009-2-refresh-tokens',
      'rfc7009-2.1-of-grant',
      'rfc7662-4-checks',
      'rfc7662-4-revoked',
      'oauth2.1-4.3.1-grant-active',
    ],
    'of a refresh token ends all that came from the same grant',
    async () => {
      const { access_token, refresh_token } = await world.flow();
      expect((await revoke(refresh_token)).status).toBe(200);
      expect(await world.introspect(access_token)).toEqual({ active: false });
      const again = await world.token({ grant_type: 'refresh_token', refresh_token });
      expect(again.body['error']).toBe('invalid_grant');
    },
  );

  verifies(
    ['rfc7009-2.1-of-grant'],
    'of a refresh token that was exchanged already ends the grant too',
    async () => {
      const { refresh_token } = await world.flow();
      const { access_token } = (await world.token({ grant_type: 'refresh_token', refresh_token })).body;
      expect((await revoke(refresh_token)).status).toBe(200);
      expect(await world.introspect(access_token)).toEqual({ active: false });
    },
  );

  verifies(
    ['rfc7009-2-access-tokens', 'rfc7662-4-revoked'],
    'of an access token leaves the refresh token',
    async () => {
      const { access_token, refresh_token } = await world.flow();
      expect((await revoke(access_token)).status).toBe(200);
      expect(await world.introspect(access_token)).toEqual({ active: false });
      expect((await world.token({ grant_type: 'refresh_token', refresh_token })).status).toBe(200);
    },
  );

  verifies.each(['access_token', 'refresh_token', 'no-such-type'])(
    ['rfc7009-2.1-hint'],
    'takes %s as a hint and no more',
    async (hint) => {
      const { access_token, refresh_token } = await world.flow();
      for (const token of [access_token, refresh_token]) {
        const form = { token, token_type_hint: hint, client_id: 'demo-preset' };
        expect((await world.post('/revoke', form)).status).toBe(200);
        expect(world.event('token.revoked')).toMatchObject({ found: true });
      }
    },
  );

  verifies(['rfc7009-5-hints'], 'looks up no more for a hint that is wrong than for none', async () => {
    const lookedUp: string[] = [];
    world = createWorld({}, (clock) => {
      const store = createMemoryStore(clock);
      return { ...store, get: (kind, id) => (lookedUp.push(kind), store.get(kind, id)) };
    });
    const lookUpsFor = async (token_type_hint?: string) => {
      lookedUp.length = 0;
      await world.post('/revoke', { token: 'never-issued', token_type_hint, client_id: 'demo-preset' });
      return [...lookedUp];
    };
    const without = await lookUpsFor();
    expect(without).toContain('access_token');
    for (const hint of ['access_token', 'refresh_token', 'no-such-type', 'x'.repeat(1000)])
      expect(await lookUpsFor(hint)).toEqual(without);
  });

  it('of an unknown token is a success', async () => {
    expect((await revoke('never-issued')).status).toBe(200);
    expect(world.event('token.revoked')).toMatchObject({ found: false });
  });

  verifies(['rfc7009-5-own-tokens'], "does not touch another client's token", async () => {
    const { access_token, refresh_token } = await world.flow();
    const { client_id } = (await world.register()).body;
    for (const token of [access_token, refresh_token]) {
      expect((await revoke(token, client_id)).body['error']).toBe('invalid_grant');
    }
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
    expect((await world.token({ grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  verifies.each([
    ['an unknown client', { client_id: 'never-seen' }],
    ['no client', { client_id: undefined }],
    ['a client without its secret', { client_id: 'web' }],
    ['a client with a wrong secret', { client_id: 'web', client_secret: 'x' }],
  ])(['rfc7009-5-client'], 'is refused to %s, and the token stays good', async (_who, credentials) => {
    const web = { client_id: 'web', client_secret: 'its-long-random-secret', redirect_uris: [CALLBACK] };
    world = createWorld({ clients: [web] });
    const { client_id, client_secret } = web;
    const code = codeIn(await world.signIn({ client_id }));
    const { access_token } = (await world.token({ client_id, client_secret, code })).body;
    const answer = await world.post('/revoke', { token: access_token, ...credentials });
    expect({ status: answer.status, error: answer.body['error'] }).toEqual({
      status: 401,
      error: 'invalid_client',
    });
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });

  verifies(['rfc7009-2.1-token'], 'needs a token', async () => {
    expect((await revoke(undefined)).body['error']).toBe('invalid_request');
  });
});
