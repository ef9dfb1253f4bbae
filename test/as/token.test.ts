import { beforeEach, describe, expect, it } from 'vitest';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { verifies } from '../verifies.js';
import { basic, codeIn, createWorld, ISSUER, RESOURCE, VERIFIER, type World } from './support.js';

let world: World;

beforeEach(() => {
  world = createWorld();
});

async function newCode(parameters?: Parameters<World['signIn']>[0]): Promise<string> {
  return codeIn(await world.signIn(parameters));
}

describe('a code', () => {
  verifies(
    [
      'rfc6750-5.2-unguessable',
      'rfc6750-5.3-short-lived',
      'rfc7636-4.2-s256',
      'rfc7636-4.6-continue',
      'rfc8252-6-pkce',
      'mcp-grant-types-audience',
      'mcp-overview-oauth-2.1',
      'mcp-token-theft-short-lived',
      'oauth2.1-3.2.3-access-token',
      'oauth2.1-3.2.3-token-type',
      'oauth2.1-3.2.3-expires-in',
      'oauth2.1-3.2.3-scope',
      'oauth2.1-3.2.3-no-store',
      'oauth2.1-4.1.1-support-pkce',
      'oauth2.1-4.1.1-s256',
      'oauth2.1-7.1.3.5-short-lived',
      'rfc9700-2.1.1-pkce',
      'oauth2.1-1.4.2-reference',
    ],
    'is redeemed for a bearer token, which no cache may keep',
    async () => {
      const { status, headers, body } = await world.token({
        code: await newCode({ scope: 'user offline_access' }),
      });
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('pragma')).toBe('no-cache');
      expect(body).toEqual({
        access_token: expect.stringMatching(/^[\w-]{43}$/),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'user offline_access',
        refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(world.event('token.issued')).toMatchObject({
        grant_type: 'authorization_code',
        client_id: 'demo-preset',
        route: 'preset',
        sub: 'demo_user',
        aud: [RESOURCE],
        flows: 1,
      });
    },
  );

  verifies(
    ['oauth2.1-4.1.3-once', 'oauth2.1-4.1.3-deny-replay', 'rfc9700-4.2.4-code-once'],
    'is spent once even when raced by fifty, and what the winner got is void',
    async () => {
      const code = await newCode();
      const answers = await Promise.all(Array.from({ length: 50 }, () => world.token({ code })));
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      for (const { status, body } of answers.filter((answer) => !won.includes(answer)))
        expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_grant' });
      const reasons = world.events.flatMap((event) => (event.kind === 'token.refused' ? [event.reason] : []));
      expect(new Set(reasons)).toEqual(new Set(['code_replayed']));
      expect(await world.introspect(won[0]!.body['access_token'])).toEqual({ active: false });
      const refresh_token = won[0]!.body['refresh_token'];
      expect((await world.token({ grant_type: 'refresh_token', refresh_token })).body['error']).toBe(
        'invalid_grant',
      );
    },
  );

  verifies(
    [
      'oauth2.1-4.1.3-deny-replay',
      'oauth2.1-4.1.3-revoke-on-replay',
      'rfc9700-4.2.4-code-once',
      'rfc9700-4.2.4-revoke-on-replay',
    ],
    'presented again ends all that came from it',
    async () => {
      const code = await newCode();
      const { body } = await world.token({ code });
      expect(await world.introspect(body['access_token'])).toMatchObject({ active: true });
      expect((await world.token({ code })).body['error']).toBe('invalid_grant');
      expect(await world.introspect(body['access_token'])).toEqual({ active: false });
      expect(world.event('grant.revoked')).toMatchObject({ reason: 'code_replayed' });
    },
  );

  verifies.each([
    ['another verifier', { code_verifier: 'x'.repeat(43) }, 'pkce_verifier_mismatch'],
    ['the challenge as verifier', { code_verifier: s256Challenge(VERIFIER) }, 'pkce_verifier_mismatch'],
    ['a malformed verifier', { code_verifier: 'short' }, 'pkce_verifier_mismatch'],
    ['another redirect URI', { redirect_uri: 'http://127.0.0.1:33419/' }, 'redirect_uri_mismatch'],
    ['no redirect URI', { redirect_uri: undefined }, 'redirect_uri_mismatch'],
    ['another client', { client_id: 'other' }, 'code_of_other_client'],
  ])(
    [
      'rfc7636-4.4-associate',
      'rfc7636-4.6-compare',
      'mcp-pkce-2025-03-26',
      'oauth2.1-4.1.1-enforce-pkce',
      'oauth2.1-4.1.2-associate-challenge',
      'oauth2.1-4.1.3-issued-to-client',
      'oauth2.1-4.1.3-verify',
      'oauth2.1-7.5.2-enforce-pkce',
      'oauth2.1-10.2-redirect-uri',
      'rfc9700-2.1.1-enforce-verifier',
      'rfc9700-4.8.2-mitigate-downgrade',
      'rfc9700-4.8.2-bind-challenge',
    ],
    'presented with %s is burnt',
    async (_what, parameters, reason) => {
      world = createWorld({ clients: [{ client_id: 'demo-preset' }, { client_id: 'other' }] });
      const code = await newCode();
      const wrong = await world.token({ code, ...parameters });
      expect({ status: wrong.status, error: wrong.body['error'] }).toEqual({
        status: 400,
        error: 'invalid_grant',
      });
      expect(world.event('token.refused')?.reason).toBe(reason);
      expect((await world.token({ code })).body['error']).toBe('invalid_grant');
    },
  );

  verifies(
    ['rfc7636-4.5-method', 'rfc9700-4.8.2-bind-challenge'],
    'is redeemed by the method of its authorization request, whatever the token request says',
    async () => {
      const said = { code_challenge: s256Challenge(VERIFIER), code_challenge_method: 'plain' };
      expect((await world.token({ code: await newCode(), ...said })).status).toBe(200);
      const plain = { ...said, code: await newCode(), code_verifier: said.code_challenge };
      expect((await world.token(plain)).body['error']).toBe('invalid_grant');
      expect(world.event('token.refused')?.reason).toBe('pkce_verifier_mismatch');
    },
  );

  verifies(
    ['oauth2.1-3.2.3-refresh-bound', 'rfc9700-4.14.2-bound'],
    'presented for another resource is burnt',
    async () => {
      const code = await newCode();
      const wrong = await world.token({ code, resource: 'https://other.example/mcp' });
      expect(wrong.body['error']).toBe('invalid_target');
      expect((await world.token({ code })).body['error']).toBe('invalid_grant');
    },
  );

  verifies(
    ['oauth2.1-4.1.2-code-expires', 'oauth2.1-4.1.2-ten-minutes', 'oauth2.1-4.1.3-valid'],
    'ends after a minute',
    async () => {
      const code = await newCode();
      world.clock.advance(60);
      expect((await world.token({ code })).body['error']).toBe('invalid_grant');
      expect(world.event('token.refused')).toMatchObject({ reason: 'code_unknown' });
    },
  );

  verifies(
    ['oauth2.1-4.1.3-revoke-on-replay', 'rfc9700-4.2.4-revoke-on-replay'],
    'that was redeemed ends all that came from it also when it is presented again after its minute',
    async () => {
      const code = await newCode();
      const { body } = await world.token({ code });
      world.clock.advance(61);
      expect((await world.token({ code })).body['error']).toBe('invalid_grant');
      expect(world.event('token.refused')).toMatchObject({ reason: 'code_replayed' });
      expect(await world.introspect(body['access_token'])).toEqual({ active: false });
    },
  );

  verifies(
    [
      'oauth2.1-7.1.4-audience',
      'oauth2.1-7.3.2-audience',
      'rfc8707-2-audience',
      'rfc9700-2.3-audience',
      'rfc9700-4.9.3-audience',
    ],
    'for two resources can be redeemed for one of them',
    async () => {
      const other = 'https://other.example/mcp';
      const code = await newCode({ resource: [RESOURCE, other] });
      const { body } = await world.token({ code, resource: other });
      expect(await world.introspect(body['access_token'])).toMatchObject({ aud: other });
      const refreshed = await world.token({
        grant_type: 'refresh_token',
        refresh_token: body['refresh_token'],
        resource: [RESOURCE, other],
      });
      expect(await world.introspect(refreshed.body['access_token'])).toMatchObject({
        aud: [RESOURCE, other],
      });
    },
  );
});

describe('client authentication at /token', () => {
  const secretClient = { client_id: 'id with space', client_secret: 's:e+c%r&t' };

  beforeEach(() => {
    world = createWorld({
      clients: [
        { client_id: 'demo-preset' },
        { ...secretClient, redirect_uris: ['http://127.0.0.1:33418/'] },
      ],
    });
  });

  verifies.each([
    [
      'the header',
      { client_id: undefined },
      { authorization: basic(secretClient.client_id, secretClient.client_secret) },
    ],
    ['the body', secretClient, {}],
  ])(
    ['mcp-overview-oauth-2.1', 'oauth2.1-2.4.1-body', 'oauth2.1-3.2.2-authenticate'],
    'takes the secret from %s',
    async (_where, parameters, headers) => {
      const code = await newCode({ client_id: secretClient.client_id });
      expect((await world.token({ code, ...parameters }, headers)).status).toBe(200);
    },
  );

  verifies.each([
    ['an unknown client', { client_id: 'never-seen' }, {}, 'client_unknown'],
    ['no client at all', { client_id: undefined }, {}, 'client_id_missing'],
    ['a wrong secret', { ...secretClient, client_secret: 'x' }, {}, 'client_secret_wrong'],
    ['a missing secret', { client_id: secretClient.client_id }, {}, 'client_secret_missing'],
    ['a secret of a public client', { client_secret: 'x' }, {}, 'client_secret_unexpected'],
    [
      'a wrong secret in the header',
      { client_id: undefined },
      { authorization: basic(secretClient.client_id, 'x') },
      'client_secret_wrong',
    ],
    ['a malformed header', {}, { authorization: 'Basic %%%' }, 'client_credentials_malformed'],
    ['a Bearer header', {}, { authorization: 'Bearer x' }, 'client_credentials_malformed'],
  ])(
    [
      'rfc8252-8.4-client-type',
      'oauth2.1-2.1-one-type',
      'oauth2.1-2.2-no-authentication',
      'oauth2.1-2.4-privileges',
      'oauth2.1-3.2.2-require-authentication',
      'oauth2.1-3.2.2-authenticate',
      'oauth2.1-3.2.4-401',
      'oauth2.1-4.1.3-client-id',
      'oauth2.1-8.1-client-type',
      'oauth2.1-8.4.1-client-type',
      'rfc9700-2.5-enforce-authentication',
    ],
    'answers %s with 401 invalid_client',
    async (_what, parameters, headers, reason) => {
      const answer = await world.token({ code: 'x', ...parameters }, headers);
      expect({ status: answer.status, error: answer.body['error'] }).toEqual({
        status: 401,
        error: 'invalid_client',
      });
      expect(answer.headers.has('www-authenticate')).toBe('authorization' in headers);
      expect(world.event('token.refused')?.reason).toBe(reason);
    },
  );

  verifies.each([
    ['two methods at once', { client_id: undefined, client_secret: 'x' }],
    ['two client_ids', { client_id: 'other' }],
  ])(['oauth2.1-2.4-one-method'], 'answers %s with invalid_request', async (_what, parameters) => {
    const headers = { authorization: basic('demo-preset', '') };
    const answer = await world.token({ code: 'x', ...parameters }, headers);
    expect({ status: answer.status, error: answer.body['error'] }).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });

  it('does not burn the code of somebody who could not authenticate', async () => {
    const code = await newCode({ client_id: secretClient.client_id });
    await world.token({ code, ...secretClient, client_secret: 'x' });
    expect((await world.token({ code, ...secretClient })).status).toBe(200);
  });
});

describe('tokens', () => {
  verifies(
    ['rfc6750-5.2-cookies', 'rfc6750-5.3-page-urls'],
    'are in the body of the response only: in no URL, no header and no cookie',
    async () => {
      const redirect = await world.signIn();
      const { headers, body } = await world.token({ code: codeIn(redirect) });
      const elsewhere = [redirect.href, ...world.browser.cookies.values(), ...[...headers].flat()].join(' ');
      for (const name of ['access_token', 'refresh_token']) {
        expect(body[name]).toBeTruthy();
        expect(elsewhere).not.toContain(body[name]);
      }
      expect(headers.has('set-cookie')).toBe(false);
      const { searchParams } = new URL(redirect);
      expect([...searchParams.keys()].sort()).toEqual(['code', 'iss']);
    },
  );

  verifies(['rfc6750-5.3-page-urls'], 'are not read from a query', async () => {
    const { access_token } = await world.flow();
    const authorization = basic('demo-rs', 'demo-rs-secret');
    const asked = await world.post(`/introspect?token=${access_token}`, {}, { authorization });
    expect(asked.status).toBe(400);
    const revoked = await world.post(`/revoke?token=${access_token}`, { client_id: 'demo-preset' });
    expect(revoked.status).toBe(400);
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });

  verifies(['rfc6750-5.2-integrity'], 'are worth nothing with one character changed', async () => {
    const { access_token = '' } = await world.flow();
    for (const at of [0, 21, 42]) {
      const other = access_token[at] === 'x' ? 'y' : 'x';
      const changed = access_token.slice(0, at) + other + access_token.slice(at + 1);
      expect(await world.introspect(changed)).toEqual({ active: false });
    }
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });
});

describe('the token endpoint', () => {
  verifies.each([
    [{ grant_type: undefined }, 'invalid_request'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ code: undefined }, 'invalid_request'],
    [{ code: '' }, 'invalid_request'],
    [{ code: 'x', code_verifier: undefined }, 'invalid_request'],
    [{ code: ['x', 'y'] }, 'invalid_request'],
    [{ code: 'never-issued' }, 'invalid_grant'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'never-issued' }, 'invalid_grant'],
  ])(
    [
      'oauth2.1-3.2-once',
      'oauth2.1-3.2-empty',
      'oauth2.1-3.2.2-grant-type',
      'oauth2.1-3.2.4-error',
      'oauth2.1-3.2.4-400',
      'oauth2.1-4.1.3-code',
      'oauth2.1-4.1.3-valid',
      'oauth2.1-4.1.3-verifier-required',
      'oauth2.1-4.1.3-verifier-iff-challenge',
      'oauth2.1-4.3.1-refresh-token',
      'oauth2.1-4.3.1-validate',
      'oauth2.1-3.2.3-no-store',
      'rfc9700-2.4-no-password-grant',
    ],
    'answers %j with %s',
    async (parameters, error) => {
      const { status, headers, body } = await world.token(parameters);
      expect({ status, error: body['error'] }).toEqual({ status: 400, error });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-type')).toBe('application/json');
    },
  );
});

describe('the route of a client', () => {
  const evidenceOf = async (client_id: string) =>
    (await world.fetch(`${ISSUER}/client-evidence?client_id=${client_id}`)).json();

  it('is dcr in its first flow and dcr-reused afterwards, refreshes apart', async () => {
    const { client_id } = (await world.register()).body;
    expect(await evidenceOf(client_id!)).toMatchObject({ origin: 'dcr', flows: 0, last_used_at: null });
    const { refresh_token } = await world.flow({ client_id });
    expect(world.event('authorization.requested')?.route).toBe('dcr');
    expect(world.event('token.issued')).toMatchObject({ route: 'dcr', flows: 1 });
    await world.token({ grant_type: 'refresh_token', client_id, refresh_token });
    expect(world.event('token.issued')).toMatchObject({
      grant_type: 'refresh_token',
      route: 'dcr',
      flows: 1,
    });
    world.clock.advance(5);
    await world.flow({ client_id });
    expect(world.event('authorization.requested')?.route).toBe('dcr-reused');
    expect(world.event('token.issued')).toMatchObject({ route: 'dcr-reused', flows: 2 });
    expect(await evidenceOf(client_id!)).toEqual({
      client_id,
      origin: 'dcr',
      created_at: world.clock.now() - 5,
      last_used_at: world.clock.now(),
      flows: 2,
    });
  });

  it('is preset or adopted, in every flow', async () => {
    await world.flow();
    await world.flow({ client_id: 'from-elsewhere' });
    expect(await evidenceOf('demo-preset')).toMatchObject({ origin: 'preset', flows: 1 });
    expect(await evidenceOf('from-elsewhere')).toMatchObject({ origin: 'adopted', flows: 1 });
  });

  it('of an unknown client is a 404', async () => {
    const response = await world.fetch(`${ISSUER}/client-evidence?client_id=never-seen`);
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty('error');
  });
});
