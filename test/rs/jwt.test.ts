import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/shared/secret.js';
import { claims, createJwtWorld, createKey, sign, unsigned } from './jwt-support.js';
import { challengeOf, INITIALIZE, ISSUER, NOW, RESOURCE } from './support.js';
import { verifies } from '../verifies.js';

type JwtWorld = Awaited<ReturnType<typeof createJwtWorld>>;

/** Shows a token, and says what came of it. */
async function present({ post, told }: JwtWorld, token: string) {
  const response = await post(INITIALIZE, token);
  return { response, status: response.status, reason: told('bearer.challenged').at(-1)?.reason };
}

describe('an access token that its issuer signed', () => {
  verifies.each(['ES256', 'ES384', 'ES512', 'RS256', 'RS512', 'PS256', 'EdDSA', 'Ed25519'])(
    ['rs.rfc9068-4-signature', 'rs.rfc9068-2.1-rs256'],
    'with %s is accepted, without anybody being asked about it',
    async (alg) => {
      const world = await createJwtWorld();
      const key = await createKey(alg);
      world.host.keys = [key.jwk];
      const token = await sign(key);
      expect(await present(world, token)).toMatchObject({ status: 200 });
      expect(world.as.introspections).toEqual([]);
      expect(world.told('jwt.verified')).toMatchObject([
        {
          issuer: ISSUER,
          token: fingerprint(token),
          alg,
          kid: 'key-1',
          client_id: 'client-a',
          scope: 'user',
        },
      ]);
    },
  );

  it('needs no credentials of this server, in demo mode or not', async () => {
    const world = await createJwtWorld({ demoMode: false, authServers: [{ issuer: ISSUER }] });
    expect(await present(world, await sign(world.key))).toMatchObject({ status: 200 });
  });

  verifies.each([['application/at+jwt'], ['AT+JWT'], ['Application/At+Jwt']])(
    ['rs.rfc9068-4-typ'],
    'may be typed %s',
    async (typ) => {
      const world = await createJwtWorld();
      expect(await present(world, await sign(world.key, {}, { typ }))).toMatchObject({ status: 200 });
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['scope as a text', { scope: 'user time:read' }],
    ['scope as a list', { scope: ['user', 'time:read'] }],
    ['scp as a text', { scope: undefined, scp: 'user time:read' }],
    ['scp as a list', { scope: undefined, scp: ['user', 'time:read'] }],
  ])('has its scopes in %s', async (_what, changes) => {
    const world = await createJwtWorld({ requiredScopes: ['time:read', 'user'] });
    expect(await present(world, await sign(world.key, changes))).toMatchObject({ status: 200 });
    expect(world.told('jwt.verified')).toMatchObject([{ scope: 'user time:read' }]);
  });

  it.each(['client_id', 'azp', 'cid', 'appid'])('names its client in %s', async (claim) => {
    const world = await createJwtWorld();
    const token = await sign(world.key, { client_id: undefined, [claim]: 'client-of-a-product' });
    expect(await present(world, token)).toMatchObject({ status: 200 });
    expect(world.told('jwt.verified')).toMatchObject([{ client_id: 'client-of-a-product' }]);
  });

  verifies(['rs.rfc9068-4-scope'], 'lacks a scope, and gets 403', async () => {
    const world = await createJwtWorld();
    expect(await present(world, await sign(world.key, { scope: 'other' }))).toMatchObject({
      status: 403,
      reason: 'scope_missing',
    });
  });

  it('never appears in an event', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    await present(world, token);
    await present(world, `${token}x`);
    const told = JSON.stringify(world.events);
    expect(told).toContain(fingerprint(token));
    for (const part of token.split('.')) expect(told).not.toContain(part);
  });
});

describe('a token is refused', () => {
  verifies.each<[string, string, (world: JwtWorld) => Promise<string>]>([
    ['is opaque', 'token_not_a_jwt', async () => 'opaque-token-0123456789abcdef'],
    ['has two parts', 'token_not_a_jwt', async () => 'eyJhbGciOiJFUzI1NiJ9.e30'],
    ['has a header that is not JSON', 'token_not_a_jwt', async () => unsigned('no json')],
    ['has a header without alg', 'token_not_a_jwt', async () => unsigned({ typ: 'at+jwt' })],
    ['is a JWE', 'token_is_encrypted', async () => `${unsigned({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.YQ.YQ`],
    [
      'has the algorithm none',
      'token_algorithm_not_allowed',
      async () => unsigned({ alg: 'none', typ: 'at+jwt' }, claims(), ''),
    ],
    [
      'has the algorithm NONE',
      'token_algorithm_not_allowed',
      async () => unsigned({ alg: 'NONE', typ: 'at+jwt' }),
    ],
    [
      'has a MAC whose secret is the public key',
      'token_algorithm_not_allowed',
      async ({ key }) => {
        const text = unsigned({ alg: 'HS256', typ: 'at+jwt', kid: 'key-1' }, claims(), '').slice(0, -1);
        const mac = createHmac('sha256', JSON.stringify(key.jwk)).update(text).digest('base64url');
        return `${text}.${mac}`;
      },
    ],
    ['is typed JWT', 'token_type_wrong', ({ key }) => sign(key, {}, { typ: 'JWT' })],
    ['has no type', 'token_type_wrong', ({ key }) => sign(key, {}, { typ: undefined })],
    ['is a logout token', 'token_type_wrong', ({ key }) => sign(key, {}, { typ: 'logout+jwt' })],
    ['has another JWT in it', 'token_is_nested', ({ key }) => sign(key, {}, { cty: 'JWT' })],
    [
      'needs an extension',
      'token_extension_unknown',
      async () => unsigned({ alg: 'ES256', typ: 'at+jwt', crit: ['exp'], exp: 1 }),
    ],
    ['is of another issuer', 'issuer_mismatch', ({ key }) => sign(key, { iss: 'https://as.example' })],
    ['is of no issuer', 'issuer_mismatch', ({ key }) => sign(key, { iss: undefined })],
    ['has its issuer in another spelling', 'issuer_mismatch', ({ key }) => sign(key, { iss: `${ISSUER}/` })],
    ['is signed by somebody else', 'token_signature_invalid', async () => sign(await createKey())],
    [
      'names a key that is not published',
      'token_key_unknown',
      async () => sign(await createKey('ES256', 'key-2')),
    ],
    ['names a key of another kind', 'token_key_unknown', async () => sign(await createKey('RS256'))],
    [
      'was changed after it was signed',
      'token_signature_invalid',
      async ({ key }) => {
        const [header, , signature] = (await sign(key)).split('.');
        const [, payload] = unsigned({}, claims({ scope: 'user admin' })).split('.');
        return `${header}.${payload}.${signature}`;
      },
    ],
    [
      'has the signature of another token',
      'token_signature_invalid',
      async ({ key }) =>
        `${(await sign(key)).split('.').slice(0, 2).join('.')}.${(await sign(key, { sub: 'a' })).split('.')[2]}`,
    ],
    [
      'has no signature',
      'token_signature_invalid',
      async ({ key }) => (await sign(key)).replace(/[^.]+$/, ''),
    ],
    ['never ends', 'token_claims_malformed', ({ key }) => sign(key, { exp: undefined })],
    ['ends at a text', 'token_claims_malformed', ({ key }) => sign(key, { exp: `${NOW + 60}` })],
    ['has an audience that is no text', 'token_claims_malformed', ({ key }) => sign(key, { aud: { a: 1 } })],
    ['has scopes that are no text', 'token_claims_malformed', ({ key }) => sign(key, { scope: 7 })],
    ['has expired', 'token_expired', ({ key }) => sign(key, { exp: NOW - 5 })],
    ['is not valid yet', 'token_not_yet_valid', ({ key }) => sign(key, { nbf: NOW + 6 })],
    ['comes from the future', 'token_not_yet_valid', ({ key }) => sign(key, { iat: NOW + 6 })],
    ['says in its claims that it is an ID token', 'token_type_wrong', ({ key }) => sign(key, { typ: 'ID' })],
    ['says in its claims what it is for', 'token_type_wrong', ({ key }) => sign(key, { token_use: 'id' })],
    ['is bound to a key', 'not_a_bearer_token', ({ key }) => sign(key, { cnf: { jkt: 'thumbprint' } })],
    [
      'is for another resource',
      'audience_mismatch',
      ({ key }) => sign(key, { aud: 'https://other.example' }),
    ],
    ['is for nobody', 'audience_mismatch', ({ key }) => sign(key, { aud: undefined })],
  ])(
    [
      'rs.mcp-handling-own-only',
      'rs.rfc9068-4-typ',
      'rs.rfc9068-4-iss',
      'rs.rfc9068-4-aud',
      'rs.rfc9068-4-signature',
      'rs.rfc9068-4-none',
      'rs.rfc9068-4-keys',
      'rs.rfc9068-4-exp',
      'rs.rfc9068-4-invalid-token',
      'rs.rfc9068-4-errors',
    ],
    'that %s',
    async (_what, reason, make) => {
      const world = await createJwtWorld();
      const { response, ...seen } = await present(world, await make(world));
      expect(seen).toEqual({ status: 401, reason });
      expect(challengeOf(response).parameters).toMatchObject({ error: 'invalid_token' });
    },
  );

  verifies.each([
    ['jwk', async () => ({ jwk: (await createKey()).jwk })],
    ['jku', async () => ({ jku: 'https://attacker.example/jwks' })],
    ['x5u', async () => ({ x5u: 'https://attacker.example/cert.pem' })],
    ['x5c', async () => ({ x5c: ['MIIB'] })],
  ])(
    ['rs.rfc9068-4-keys'],
    'that is signed by somebody who brings the key along in %s, which nobody looks at',
    async (_member, header) => {
      const requested: string[] = [];
      const world = await createJwtWorld();
      const { fetch } = world.host;
      world.host.fetch = async (request) => (requested.push(request.url), fetch(request));
      expect(await present(world, await sign(await createKey(), {}, await header()))).toMatchObject({
        status: 401,
        reason: 'token_signature_invalid',
      });
      expect(requested.every((url) => url.startsWith(ISSUER))).toBe(true);
    },
  );

  it('before its keys are looked for, if they are of no use', async () => {
    const world = await createJwtWorld();
    const useless = [
      'opaque-token-0123456789abcdef',
      unsigned({ alg: 'none', typ: 'at+jwt' }),
      unsigned({ alg: 'ES256', typ: 'JWT' }),
      unsigned({ alg: 'ES256', typ: 'at+jwt' }, claims({ iss: 'https://attacker.example' })),
    ];
    for (const token of useless) expect(await present(world, token)).toMatchObject({ status: 401 });
    expect({ metadata: world.host.metadataReads, keys: world.host.keyReads }).toEqual({
      metadata: 0,
      keys: 0,
    });
  });

  it('with words that say nothing of keys', async () => {
    const world = await createJwtWorld();
    const { response } = await present(world, await sign(await createKey('ES256', 'key-2')));
    expect(JSON.stringify(await response.json())).not.toMatch(/key-\d|jwks/);
  });
});

describe('the clocks', () => {
  it.each([
    ['expired 4 s ago', { exp: NOW - 4 }],
    ['begins in 5 s', { nbf: NOW + 5 }],
    ['was issued 5 s from now', { iat: NOW + 5 }],
  ])('may be 5 seconds apart: a token that %s passes', async (_what, changes) => {
    const world = await createJwtWorld();
    expect(await present(world, await sign(world.key, changes))).toMatchObject({ status: 200 });
  });

  it('may be as far apart as the configuration says', async () => {
    const [exact, lenient] = await Promise.all([
      createJwtWorld({ clockToleranceSeconds: 0 }),
      createJwtWorld({ clockToleranceSeconds: 60 }),
    ]);
    expect(await present(exact, await sign(exact.key, { exp: NOW }))).toMatchObject({
      reason: 'token_expired',
    });
    expect(await present(exact, await sign(exact.key, { exp: NOW + 1 }))).toMatchObject({ status: 200 });
    expect(await present(lenient, await sign(lenient.key, { exp: NOW - 59 }))).toMatchObject({ status: 200 });
    expect(await present(lenient, await sign(lenient.key, { exp: NOW - 60 }))).toMatchObject({ status: 401 });
  });
});

describe('products that differ', () => {
  it.each([['JWT'], [undefined]])('may type their tokens %s, if that is accepted', async (typ) => {
    const world = await createJwtWorld({ acceptedTypes: ['jwt'] });
    expect(await present(world, await sign(world.key, {}, { typ }))).toMatchObject({ status: 200 });
    expect(await present(world, await sign(world.key))).toMatchObject({ status: 200 });
    expect(await present(world, await sign(world.key, {}, { typ: 'logout+jwt' }))).toMatchObject({
      reason: 'token_type_wrong',
    });
  });

  it('sign with one algorithm only, and no other is accepted then', async () => {
    const world = await createJwtWorld({ acceptedAlgorithms: ['RS256'] });
    const rsa = await createKey('RS256', 'rsa');
    world.host.keys = [world.key.jwk, rsa.jwk];
    expect(await present(world, await sign(rsa))).toMatchObject({ status: 200 });
    expect(await present(world, await sign(world.key))).toMatchObject({
      reason: 'token_algorithm_not_allowed',
    });
  });
});

describe('the audience of a JWT', () => {
  it('is checked unless that is turned off, which the log warns of', async () => {
    const lax = await createJwtWorld({ oauthStrict: false });
    const token = await sign(lax.key, { aud: 'https://other.example' });
    expect(await present(lax, token)).toMatchObject({ status: 200 });
    expect(lax.told('resource.compared')).toMatchObject([{ same: false, level: 'warning' }]);
  });

  it.each([
    [['https://api.example/v1', 'urn:other'], 'urn:other'],
    [['https://api.example/v1'], 'https://API.example/v1/'],
    [['api://4f3a'], 'api://4f3a'],
    [['account'], 'account'],
    [['account'], RESOURCE],
  ])('may be one of %j: %s', async (audiences, aud) => {
    const world = await createJwtWorld({ audiences });
    expect(await present(world, await sign(world.key, { aud: ['other', aud] }))).toMatchObject({
      status: 200,
    });
  });

  it.each([
    ['account', 'Account'],
    ['account', 'account/'],
    ['api://4f3a', 'api://4F3A'],
    ['https://api.example/v1', 'https://api.example/v1/more'],
  ])('that is accepted as %s is not %s', async (accepted, aud) => {
    const world = await createJwtWorld({ audiences: [accepted] });
    expect(await present(world, await sign(world.key, { aud }))).toMatchObject({
      reason: 'audience_mismatch',
    });
  });
});
