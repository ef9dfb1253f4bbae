import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/as/index.js';
import { verifies } from '../verifies.js';
import { interrupted, slowStore } from './stores.js';
import { codeIn, createWorld, RESOURCE, type World } from './support.js';
import { IN_MEMORY } from '../support/chosen-store.js';

let world: World;

beforeEach(() => {
  world = createWorld();
});

const refresh = (refresh_token: string | undefined, more = {}) =>
  world.token({ grant_type: 'refresh_token', refresh_token, ...more });

describe('a refresh token', () => {
  verifies(
    [
      'mcp-token-theft-rotate',
      'mcp-rotation-2025-03-26',
      'oauth2.1-4.3-rotation',
      'oauth2.1-4.3.1-detect-replay',
      'rfc9700-2.2.2-refresh-public',
      'rfc9700-4.14.2-detect-replay',
      'mcp-security-rotation-2025-03-26',
      'oauth2.1-2.4-unauthenticated',
      'oauth2.1-4.3.1-grant-active',
    ],
    'is exchanged for new tokens, and used again it ends all of them',
    async () => {
      const first = await world.flow();
      const second = await refresh(first['refresh_token']);
      expect(second.status).toBe(200);
      expect(second.body['refresh_token']).not.toBe(first['refresh_token']);
      expect(await world.introspect(second.body['access_token'])).toMatchObject({ active: true });
      const replay = await refresh(first['refresh_token']);
      expect({ status: replay.status, error: replay.body['error'] }).toEqual({
        status: 400,
        error: 'invalid_grant',
      });
      for (const token of [first['access_token'], second.body['access_token']])
        expect(await world.introspect(token)).toEqual({ active: false });
      expect((await refresh(second.body['refresh_token'])).body['error']).toBe('invalid_grant');
    },
  );

  verifies(
    ['mcp-token-theft-rotate', 'oauth2.1-4.3.1-detect-replay', 'rfc9700-4.14.2-detect-replay'],
    'is exchanged once at most when raced by fifty, and nothing survives the race',
    async () => {
      const { refresh_token } = await world.flow();
      const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
      const won = answers.filter(({ status }) => status === 200);
      // Elsewhere a replay may end the grant before the winner has its answer: then nobody gets anything.
      if (IN_MEMORY) expect(won).toHaveLength(1);
      expect(won.length).toBeLessThanOrEqual(1);
      for (const { body } of won)
        expect(await world.introspect(body['access_token'])).toEqual({ active: false });
      expect((await refresh(refresh_token)).status).toBe(400);
    },
  );

  verifies(
    ['rfc7009-2.1-of-grant', 'oauth2.1-4.3.1-grant-active'],
    'that is revoked while it is exchanged leads to nothing that is good',
    async () => {
      const { createStore, whileWaiting } = interrupted('replace', 'grant');
      world = createWorld({}, createStore);
      const { refresh_token } = await world.flow();
      whileWaiting(() => world.post('/revoke', { token: refresh_token, client_id: 'demo-preset' }));
      expect((await refresh(refresh_token)).body['error']).toBe('invalid_grant');
      expect(world.event('token.refused')).toMatchObject({ reason: 'grant_revoked' });
    },
  );

  verifies(
    ['rfc9700-4.14.2-bound', 'oauth2.1-3.2.3-refresh-bound'],
    'is not exchanged for what was granted together with what was not',
    async () => {
      const { refresh_token } = await world.flow({ resource: RESOURCE });
      const refused = [
        { resource: [RESOURCE, 'https://x.example/mcp'] },
        { scope: 'user admin' },
        { scope: 'us"er' },
      ];
      const errors = [];
      for (const more of refused) errors.push((await refresh(refresh_token, more)).body['error']);
      expect(errors).toEqual(['invalid_target', 'invalid_scope', 'invalid_scope']);
      const { body } = await refresh(refresh_token, { resource: [RESOURCE, `${RESOURCE}/`], scope: ' ' });
      expect(body['scope']).toBe('user');
      expect(await world.introspect(body['access_token'])).toMatchObject({ aud: RESOURCE });
    },
  );

  it('is worth nothing once its grant has been revoked', async () => {
    const { refresh_token } = await world.flow();
    await world.post('/revoke', { token: refresh_token, client_id: 'demo-preset' });
    expect((await refresh(refresh_token)).body['error']).toBe('invalid_grant');
    expect(world.event('token.refused')).toMatchObject({ reason: 'grant_revoked' });
  });

  it('that lives less long than access tokens ends none of these', async () => {
    world = createWorld({ refreshTokenSeconds: 10, accessTokenSeconds: 100 });
    const { access_token } = await world.flow();
    world.clock.advance(99);
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });

  verifies(
    [
      'oauth2.1-3.2.3-refresh-bound',
      'oauth2.1-4.3.1-no-more-scope',
      'oauth2.1-4.3.3-same-scope',
      'rfc9700-4.14.2-bound',
      'oauth2.1-1.4.1-different-scope',
      'oauth2.1-3.2.3-scope',
      'rfc8707-2.2-effective-scope',
    ],
    'may be asked for less scope, never for more, and asking for more does not use it up',
    async () => {
      world = createWorld({ scopes: ['user', 'clock'] });
      const { refresh_token } = await world.flow({ scope: 'user' });
      expect((await refresh(refresh_token, { scope: 'user clock' })).body['error']).toBe('invalid_scope');
      expect((await refresh(refresh_token, { resource: 'https://x.example/' })).body['error']).toBe(
        'invalid_target',
      );
      expect((await refresh(refresh_token)).body['scope']).toBe('user');

      const wide = await world.flow({ scope: 'user clock' });
      const narrow = (await refresh(wide['refresh_token'], { scope: 'clock' })).body;
      expect(narrow['scope']).toBe('clock');
      expect((await refresh(narrow['refresh_token'])).body['scope']).toBe('user clock');
    },
  );

  verifies(
    ['oauth2.1-4.3-bound-to-client', 'oauth2.1-4.3-verify-binding', 'oauth2.1-4.3.1-issued-to-client'],
    'of another client ends the grant',
    async () => {
      world = createWorld({ clients: [{ client_id: 'demo-preset' }, { client_id: 'other' }] });
      const { refresh_token, access_token } = await world.flow();
      expect((await refresh(refresh_token, { client_id: 'other' })).body['error']).toBe('invalid_grant');
      expect(await world.introspect(access_token)).toEqual({ active: false });
    },
  );

  verifies(
    [
      'oauth2.1-4.3.3-expire-inactive',
      'rfc9700-4.14.2-expire-inactive',
      'oauth2.1-2.4-unauthenticated',
      'mcp-lifetimes-2025-03-26',
    ],
    'keeps its grant alive as long as it is used within its life',
    async () => {
      world = createWorld({ refreshTokenSeconds: 10_000 });
      let tokens: Record<string, string> = await world.flow();
      for (let uses = 0; uses < 4; uses += 1) {
        world.clock.advance(9_000);
        tokens = (await refresh(tokens['refresh_token'])).body;
        expect(await world.introspect(tokens['access_token'])).toMatchObject({ active: true });
      }
      world.clock.advance(10_000);
      expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant');
    },
  );

  verifies(
    ['oauth2.1-3.2.3-refresh-decision', 'rfc7591-2-grant-types', 'rfc9700-4.14.2-risk-assessment'],
    'goes only to clients that are registered for it',
    async () => {
      const { client_id } = (await world.register({ grant_types: ['authorization_code'] })).body;
      expect(await world.flow({ client_id })).not.toHaveProperty('refresh_token');
      const answer = await refresh('x', { client_id });
      expect(answer.body['error']).toBe('unauthorized_client');
    },
  );
});

describe('a refresh token, with a grace', () => {
  beforeEach(() => {
    world = createWorld({ refreshGraceSeconds: 30 });
  });

  it('may be used again within it, for another successor, and the log warns', async () => {
    const { refresh_token } = await world.flow();
    const first = await refresh(refresh_token);
    world.clock.advance(29);
    const second = await refresh(refresh_token);
    expect(second.status).toBe(200);
    expect(second.body['refresh_token']).not.toBe(first.body['refresh_token']);
    expect(world.event('refresh_token.reused')).toMatchObject({ client_id: 'demo-preset', level: 'warning' });
    expect((await refresh(first.body['refresh_token'])).status).toBe(200);
    expect((await refresh(second.body['refresh_token'])).status).toBe(200);
  });

  it('used again after it, ends the grant', async () => {
    const { refresh_token } = await world.flow();
    const { access_token } = (await refresh(refresh_token)).body;
    world.clock.advance(30);
    expect((await refresh(refresh_token)).body['error']).toBe('invalid_grant');
    expect(world.event('grant.revoked')).toMatchObject({ reason: 'refresh_token_replayed' });
    expect(await world.introspect(access_token)).toEqual({ active: false });
  });

  it('is not prolonged by being used within it', async () => {
    const { refresh_token } = await world.flow();
    for (const wait of [0, 20]) {
      world.clock.advance(wait);
      expect((await refresh(refresh_token)).status).toBe(200);
    }
    world.clock.advance(10);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  it('has none left once a successor was used: that answer has arrived', async () => {
    const { refresh_token } = await world.flow();
    const successor = (await refresh(refresh_token)).body['refresh_token'];
    const { access_token } = (await refresh(successor)).body;
    expect((await refresh(refresh_token)).body['error']).toBe('invalid_grant');
    expect(await world.introspect(access_token)).toEqual({ active: false });
  });

  it('is for its own client only: used again by another, it ends the grant', async () => {
    world = createWorld({
      refreshGraceSeconds: 30,
      clients: [{ client_id: 'demo-preset' }, { client_id: 'other' }],
    });
    const { refresh_token } = await world.flow();
    const { access_token } = (await refresh(refresh_token)).body;
    expect((await refresh(refresh_token, { client_id: 'other' })).body['error']).toBe('invalid_grant');
    expect(await world.introspect(access_token)).toEqual({ active: false });
  });

  it.each([
    ['quick', createMemoryStore],
    ['slow', slowStore],
  ])(
    'raced by fifty in a %s store, serves them all, and a revocation ends all of them',
    async (_how, store) => {
      world = createWorld({ refreshGraceSeconds: 30 }, store);
      const { refresh_token } = await world.flow();
      const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
      expect(new Set(answers.map(({ body }) => body['refresh_token'])).size).toBe(50);
      await world.post('/revoke', { token: answers[7]?.body['refresh_token'], client_id: 'demo-preset' });
      for (const { body } of [answers[0]!, answers[49]!]) {
        expect(await world.introspect(body['access_token'])).toEqual({ active: false });
        expect((await refresh(body['refresh_token'])).body['error']).toBe('invalid_grant');
      }
    },
  );
});

it('a refresh token of somebody who is no user any more is worth nothing', async () => {
  const store = createMemoryStore(world.clock);
  const users = ['alice', 'bob'].map((username) => ({ username, password: 'x' }));
  world = createWorld({ users }, () => store);
  const code = codeIn(await world.signIn({}, { fields: { username: 'alice', password: 'x' } }));
  const { refresh_token } = (await world.token({ code })).body;
  world = createWorld({ users: users.slice(1) }, () => store);
  expect((await refresh(refresh_token)).body['error']).toBe('invalid_grant');
  expect(world.event('grant.revoked')).toMatchObject({ reason: 'user_removed' });
});

it('without the grant type refresh_token the server issues none and takes none', async () => {
  world = createWorld({ grants: ['authorization_code'] });
  expect(await world.flow()).not.toHaveProperty('refresh_token');
  expect((await refresh('x')).body['error']).toBe('unsupported_grant_type');
});
