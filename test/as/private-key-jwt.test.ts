import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifies } from '../verifies.js';
import { documentHost, documentOf } from './document-host.js';
import { createMemoryStore } from '../../src/as/index.js';
import { basic, CALLBACK, codeIn, createWorld, ISSUER, type World } from './support.js';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CLIENT = 'key-client';

interface Key {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK;
}

async function makeKey(alg: string, kid?: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) } };
}

let key: Key;
let otherKey: Key;
beforeAll(async () => {
  [key, otherKey] = await Promise.all([makeKey('ES256', 'one'), makeKey('ES256', 'two')]);
});

let serial = 0;

/** An assertion as it should be, but for what is changed; undefined leaves a claim out. */
async function sign(
  world: World,
  claims: Readonly<Record<string, unknown>> = {},
  { signer = key, header = {} }: { signer?: Key; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
  const now = world.clock.now();
  const payload = {
    iss: CLIENT,
    sub: CLIENT,
    aud: ISSUER,
    iat: now,
    exp: now + 60,
    jti: `jti-${(serial += 1)}`,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({
      alg: 'ES256',
      ...(signer.jwk.kid !== undefined && { kid: signer.jwk.kid }),
      ...header,
    })
    .sign(signer.privateKey);
}

/** A world in which the client is configured with the keys. */
function worldWith(keys: readonly Key[] = [key], more: Readonly<Record<string, unknown>> = {}): World {
  const metadata = {
    client_id: CLIENT,
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    ...more,
  };
  return createWorld({ clients: [metadata, { client_id: 'demo-preset' }] });
}

async function redeem(world: World, parameters: Readonly<Record<string, string | undefined>>, headers = {}) {
  const code = codeIn(await world.signIn({ client_id: CLIENT }));
  return world.token({ client_id: CLIENT, code, client_assertion_type: TYPE, ...parameters }, headers);
}

function refusalOf(world: World): string | undefined {
  return world.event('token.refused')?.reason;
}

describe('private_key_jwt', () => {
  verifies(
    [
      'rfc8414-2-token-algorithms',
      'rfc8414-2-token-rs256',
      'rfc8414-2-token-none',
      'rfc8414-2-revocation-algorithms',
      'rfc8414-2-revocation-none',
    ],
    'is advertised for both endpoints with the algorithms that are taken',
    async () => {
      const { fetch } = createWorld();
      const metadata: unknown = await (
        await fetch(`${ISSUER}/.well-known/oauth-authorization-server`)
      ).json();
      const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];
      expect(metadata).toMatchObject({
        token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
        token_endpoint_auth_signing_alg_values_supported: algorithms,
        revocation_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
        revocation_endpoint_auth_signing_alg_values_supported: algorithms,
      });
    },
  );

  verifies.each(['ES256', 'RS256', 'PS256', 'EdDSA'])(
    ['rfc7523-5-rs256', 'oauth2.1-2.4-asymmetric', 'rfc9700-2.5-asymmetric'],
    'takes a signature by %s',
    async (alg) => {
      const signer = await makeKey(alg);
      const world = worldWith([signer]);
      const client_assertion = await sign(world, {}, { signer, header: { alg } });
      expect(await redeem(world, { client_assertion })).toMatchObject({ status: 200 });
    },
  );

  verifies(['oauth2.1-2.4.2-mapping'], 'needs no client_id beside the assertion', async () => {
    const world = worldWith();
    const answer = await redeem(world, { client_id: undefined, client_assertion: await sign(world) });
    expect(answer.status).toBe(200);
    expect(world.event('token.issued')).toMatchObject({ client_id: CLIENT });
  });

  it('authenticates a refresh and a revocation too, each with an assertion of its own', async () => {
    const world = worldWith();
    const first = await redeem(world, { client_assertion: await sign(world) });
    const refresh = { grant_type: 'refresh_token', refresh_token: first.body['refresh_token'] };
    const refreshed = await world.token({
      ...refresh,
      client_id: CLIENT,
      client_assertion_type: TYPE,
      client_assertion: await sign(world),
    });
    expect(refreshed.status).toBe(200);
    const token = refreshed.body['access_token'];
    const revocation = { client_assertion_type: TYPE, client_assertion: await sign(world), token };
    expect((await world.post('/revoke', revocation)).status).toBe(200);
    expect(await world.introspect(token)).toEqual({ active: false });
    expect((await world.post('/revoke', { client_id: CLIENT, token })).status).toBe(401);
  });

  it('takes the audience as an array of one, and the type that the newer draft gives it', async () => {
    const world = worldWith();
    const client_assertion = await sign(
      world,
      { aud: [ISSUER] },
      { header: { typ: 'client-authentication+jwt' } },
    );
    expect(await redeem(world, { client_assertion })).toMatchObject({ status: 200 });
  });

  it('tries every key that fits where the assertion names none', async () => {
    const [first, second] = await Promise.all([makeKey('ES256'), makeKey('ES256')]);
    const world = worldWith([first, second]);
    const client_assertion = await sign(world, {}, { signer: second });
    expect(await redeem(world, { client_assertion })).toMatchObject({ status: 200 });
    const foreign = await makeKey('ES256');
    const forged = await redeem(world, { client_assertion: await sign(world, {}, { signer: foreign }) });
    expect(forged.status).toBe(401);
    expect(refusalOf(world)).toBe('client_assertion_signature_wrong');
  });

  it('takes an assertion once only, also if it comes fifty times at once', async () => {
    const world = worldWith();
    const first = await redeem(world, { client_assertion: await sign(world) });
    const client_assertion = await sign(world);
    const revocation = {
      client_assertion_type: TYPE,
      client_assertion,
      token: first.body['access_token'],
    };
    const answers = await Promise.all(Array.from({ length: 50 }, () => world.post('/revoke', revocation)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('remembers a jti as long as its assertion is accepted', async () => {
    const world = worldWith();
    const first = await redeem(world, { client_assertion: await sign(world) });
    const client_assertion = await sign(world, { exp: world.clock.now() + 60 });
    const revocation = { client_assertion_type: TYPE, client_assertion, token: first.body['access_token'] };
    expect((await world.post('/revoke', revocation)).status).toBe(200);
    // 30 seconds that the clocks may be apart
    world.clock.advance(90);
    expect((await world.post('/revoke', revocation)).body['error_description']).toContain('used before');
    world.clock.advance(1);
    expect((await world.post('/revoke', revocation)).body['error_description']).toContain('expired');
  });

  it('is named in the log when it is refused, also if it names itself by its assertion or header only', async () => {
    const world = worldWith();
    await redeem(world, { client_id: undefined, client_assertion: await sign(world, { aud: 'https://x' }) });
    expect(world.event('token.refused')).toMatchObject({ client_id: CLIENT });
    await world.token({ client_id: undefined }, { authorization: basic('somebody', 'secret') });
    expect(world.event('token.refused')).toMatchObject({ client_id: 'somebody' });
    await redeem(world, { client_assertion: 'no JWT' });
    expect(world.event('token.refused')).toMatchObject({ client_id: CLIENT });
  });

  it('lets two clients use the same jti: neither can use up what is the other one’s', async () => {
    const keyed = (client_id: string) => ({
      client_id,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.jwk] },
    });
    const world = createWorld({ clients: [keyed('a'), keyed('b')] });
    for (const id of ['a', 'b']) {
      const client_assertion = await sign(world, { iss: id, sub: id, jti: 'the same' });
      const form = { client_assertion_type: TYPE, client_assertion, token: 'x' };
      expect((await world.post('/revoke', form)).status).toBe(200);
    }
  });

  it('forgets no jti for a flood of others: where it can remember no more, it takes no more', async () => {
    const clients = [
      {
        client_id: CLIENT,
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [key.jwk] },
      },
    ];
    const world = createWorld({ clients }, (clock) => createMemoryStore(clock, { maxRecords: 60 }));
    const revoke = async (client_assertion: string) =>
      world.post('/revoke', { client_assertion_type: TYPE, client_assertion, token: 'x' });
    const first = await sign(world);
    expect((await revoke(first)).status).toBe(200);
    for (const status of [200, 200, 503, 503]) expect((await revoke(await sign(world))).status).toBe(status);
    expect(await revoke(await sign(world))).toMatchObject({ body: { error: 'temporarily_unavailable' } });
    expect((await revoke(first)).body['error_description']).toContain('used before');
    world.clock.advance(91);
    expect((await revoke(await sign(world))).status).toBe(200);
  });

  verifies.each<[string, (world: World) => Record<string, unknown>, string]>([
    ['another iss', () => ({ iss: 'other' }), 'client_assertion_issuer_wrong'],
    ['no iss', () => ({ iss: undefined }), 'client_assertion_malformed'],
    ['its iss in other letters', () => ({ iss: 'Key-Client' }), 'client_assertion_issuer_wrong'],
    ['another audience', () => ({ aud: 'https://other.example' }), 'client_assertion_audience_wrong'],
    ['the token endpoint as audience', () => ({ aud: `${ISSUER}/token` }), 'client_assertion_audience_wrong'],
    ['an audience with a slash more', () => ({ aud: `${ISSUER}/` }), 'client_assertion_audience_wrong'],
    [
      'an audience in other letters',
      () => ({ aud: 'HTTP://localhost:9000' }),
      'client_assertion_audience_wrong',
    ],
    ['two audiences', () => ({ aud: [ISSUER, 'https://b.example'] }), 'client_assertion_audience_wrong'],
    ['no audience', () => ({ aud: undefined }), 'client_assertion_malformed'],
    ['no exp', () => ({ exp: undefined }), 'client_assertion_malformed'],
    ['an exp that is a text', () => ({ exp: '9999999999' }), 'client_assertion_malformed'],
    ['an exp that has passed', ({ clock }) => ({ exp: clock.now() - 31 }), 'client_assertion_expired'],
    ['an exp far off', ({ clock }) => ({ exp: clock.now() + 631 }), 'client_assertion_lives_too_long'],
    ['an nbf to come', ({ clock }) => ({ nbf: clock.now() + 31 }), 'client_assertion_not_yet_valid'],
    ['an iat to come', ({ clock }) => ({ iat: clock.now() + 31 }), 'client_assertion_not_yet_valid'],
    ['no jti', () => ({ jti: undefined }), 'client_assertion_malformed'],
    ['an endless jti', () => ({ jti: 'x'.repeat(257) }), 'client_assertion_malformed'],
    ['no sub', () => ({ sub: undefined }), 'client_assertion_malformed'],
    ['no end', () => ({ more: 'x'.repeat(9000) }), 'client_assertion_malformed'],
  ])(
    [
      'rfc7523-3-validate',
      'rfc7523-3-iss',
      'rfc7523-3-iss-comparison',
      'rfc7523-3-aud',
      'rfc7523-3-aud-reject',
      'rfc7523-3-aud-comparison',
      'rfc7523-3-exp',
      'rfc7523-3-expired',
      'rfc7523-3-nbf',
      'rfc7523-3-jwt',
      'rfc7523-3.2-error',
    ],
    'refuses an assertion with %s',
    async (_what, claims, reason) => {
      const world = worldWith();
      const { status, body } = await redeem(world, { client_assertion: await sign(world, claims(world)) });
      expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
      expect(refusalOf(world)).toBe(reason);
    },
  );

  verifies(
    ['rfc7523-3-signature', 'oauth2.1-2.4-rely', 'oauth2.1-3.2.2-authenticate'],
    'refuses one that a foreign key signed, whether or not it claims to be a known one',
    async () => {
      const world = worldWith();
      await redeem(world, { client_assertion: await sign(world, {}, { signer: otherKey }) });
      expect(refusalOf(world)).toBe('client_assertion_key_unknown');
      const posing = await sign(world, {}, { signer: otherKey, header: { kid: 'one' } });
      expect((await redeem(world, { client_assertion: posing })).status).toBe(401);
      expect(refusalOf(world)).toBe('client_assertion_signature_wrong');
    },
  );

  verifies(
    ['rfc7523-3-signed', 'rfc8414-2-token-none'],
    'refuses an algorithm that is not advertised, none among them',
    async () => {
      const signer = await makeKey('ES384');
      const world = worldWith([key, signer]);
      await redeem(world, { client_assertion: await sign(world, {}, { signer, header: { alg: 'ES384' } }) });
      expect(refusalOf(world)).toBe('client_assertion_algorithm_not_supported');
      const [, payload] = (await sign(world)).split('.');
      const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      expect((await redeem(world, { client_assertion: unsigned })).status).toBe(401);
    },
  );

  it('refuses a token of another kind', async () => {
    const world = worldWith();
    await redeem(world, { client_assertion: await sign(world, {}, { header: { typ: 'at+jwt' } }) });
    expect(refusalOf(world)).toBe('client_assertion_malformed');
  });

  verifies.each([
    ['without an assertion', { client_assertion_type: undefined }, 401, 'client_assertion_missing'],
    [
      'with a secret',
      { client_assertion_type: undefined, client_secret: 'x' },
      401,
      'client_assertion_missing',
    ],
    ['with the type only', {}, 401, 'client_assertion_malformed'],
    ['with bytes that are no JWT', { client_assertion: 'a.b' }, 401, 'client_assertion_malformed'],
    [
      'with an unsigned text of three parts',
      { client_assertion: 'a.e30.c' },
      401,
      'client_assertion_malformed',
    ],
  ])(
    ['rfc7523-2.2-single', 'rfc7523-3-signed'],
    'refuses the client %s',
    async (_what, parameters, status, reason) => {
      const world = worldWith();
      expect((await redeem(world, parameters)).status).toBe(status);
      expect(refusalOf(world)).toBe(reason);
    },
  );

  verifies(
    ['rfc7523-3-sub', 'oauth2.1-2.4-one-method'],
    'refuses an assertion of another type, beside another method, or with another client_id',
    async () => {
      const world = worldWith();
      const client_assertion = await sign(world);
      await redeem(world, { client_assertion, client_assertion_type: `${TYPE}x` });
      expect(refusalOf(world)).toBe('client_assertion_malformed');
      expect((await redeem(world, { client_assertion, client_secret: 'x' })).status).toBe(400);
      expect(refusalOf(world)).toBe('client_authenticated_twice');
      await redeem(world, { client_assertion }, { authorization: `Basic ${btoa(`${CLIENT}:x`)}` });
      expect(refusalOf(world)).toBe('client_authenticated_twice');
      await redeem(world, { client_assertion, client_id: 'demo-preset' });
      expect(refusalOf(world)).toBe('client_id_mismatch');
    },
  );

  verifies(
    ['rfc7523-3-sub', 'rfc7523-3-signature', 'rfc7523-3-validate'],
    'speaks for the client whose key signed it, and for no other',
    async () => {
      const other = {
        client_id: 'other-client',
        redirect_uris: [CALLBACK],
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [otherKey.jwk] },
      };
      const world = createWorld({
        clients: [{ ...other, client_id: CLIENT, jwks: { keys: [key.jwk] } }, other],
      });
      const code = codeIn(await world.signIn({ client_id: other.client_id }));
      const attempt = async (claims: Record<string, unknown>, signer: Key) => {
        const client_assertion = await sign(world, claims, { signer });
        const assertion = { client_assertion_type: TYPE, client_assertion };
        return (await world.token({ client_id: undefined, code, ...assertion })).status;
      };
      const { client_id } = other;
      expect(await attempt({ sub: client_id }, key)).toBe(401);
      expect(await attempt({ iss: client_id, sub: client_id }, key)).toBe(401);
      expect(await attempt({ sub: client_id }, otherKey)).toBe(401);
      expect(await attempt({ iss: client_id, sub: client_id }, otherKey)).toBe(200);
    },
  );

  verifies(
    ['rfc7523-2.2-single'],
    'refuses two assertions in one parameter, each good by itself',
    async () => {
      const world = worldWith();
      for (const between of [' ', ',', '.', '~']) {
        const client_assertion = `${await sign(world)}${between}${await sign(world)}`;
        expect((await redeem(world, { client_assertion })).body['error']).toBe('invalid_client');
        expect(refusalOf(world)).toBe('client_assertion_malformed');
      }
    },
  );

  it('is refused, and no fault, where the key of the client is no point of its curve', async () => {
    const world = worldWith([{ ...key, jwk: { ...key.jwk, y: key.jwk.x ?? '' } }]);
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(401);
    expect(refusalOf(world)).toBe('client_assertion_malformed');
  });

  it('is not for a client that is registered with another method, whatever keys it has', async () => {
    const world = worldWith([key], { token_endpoint_auth_method: 'none' });
    await redeem(world, { client_assertion: await sign(world) });
    expect(refusalOf(world)).toBe('client_assertion_unexpected');
  });

  it('leaves the code alone when it fails', async () => {
    const world = worldWith();
    const code = codeIn(await world.signIn({ client_id: CLIENT }));
    const attempt = async (client_assertion: string) =>
      (await world.token({ client_id: CLIENT, code, client_assertion_type: TYPE, client_assertion })).status;
    expect(await attempt(await sign(world, { aud: 'https://other.example' }))).toBe(401);
    expect(await attempt(await sign(world))).toBe(200);
  });

  it('never shows the assertion in an event', async () => {
    const world = worldWith();
    const client_assertion = await sign(world);
    await redeem(world, { client_assertion });
    await redeem(world, { client_assertion });
    expect(JSON.stringify(world.events)).not.toContain(client_assertion.split('.')[2]);
  });
});

describe('a client that registers with private_key_jwt', () => {
  verifies(
    ['rfc8252-8.4-client-type', 'oauth2.1-2.4.2-mapping'],
    'gets no secret, and is known by its key',
    async () => {
      const world = createWorld();
      const method = { token_endpoint_auth_method: 'private_key_jwt' };
      const { status, body } = await world.register({ ...method, jwks: { keys: [key.jwk] } });
      expect(status).toBe(201);
      expect(body).not.toHaveProperty('client_secret');
      expect(body).toMatchObject({ ...method, jwks: { keys: [key.jwk] } });
      const { client_id } = body;
      const code = codeIn(await world.signIn({ client_id }));
      const claims = { iss: client_id, sub: client_id };
      const assertion = { client_assertion_type: TYPE, client_assertion: await sign(world, claims) };
      expect((await world.token({ client_id, code, ...assertion })).status).toBe(200);
    },
  );

  verifies.each<[string, () => Promise<Record<string, unknown>> | Record<string, unknown>]>([
    ['no keys', () => ({})],
    ['jwks and jwks_uri', () => ({ jwks: { keys: [key.jwk] }, jwks_uri: 'https://a.example/jwks' })],
    ['no key in jwks', () => ({ jwks: { keys: [] } })],
    ['a private key', async () => ({ jwks: { keys: [await exportJWK(key.privateKey)] } })],
    ['a symmetric key', () => ({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } })],
    ['a list for jwks', () => ({ jwks: [key.jwk] })],
    ['a jwks_uri that is no URL', () => ({ jwks_uri: 'file:///etc/passwd' })],
  ])(['rfc7591-2-one-jwks'], 'is refused with %s', async (_what, keys) => {
    const world = createWorld();
    const metadata = { token_endpoint_auth_method: 'private_key_jwt', ...(await keys()) };
    const { status, body } = await world.register(metadata);
    expect({ status, error: body['error'] }).toEqual({ status: 400, error: 'invalid_client_metadata' });
  });
});

describe('a preset client with private_key_jwt', () => {
  it.each([
    ['no keys', {}, 'key-client is not complete: private_key_jwt needs jwks or jwks_uri'],
    ['a secret', { client_secret: 'x' }, 'key-client has a client_secret but the method private_key_jwt'],
  ])('is refused at the start with %s', (_what, members, message) => {
    const client = { client_id: CLIENT, token_endpoint_auth_method: 'private_key_jwt', ...members };
    expect(() => createWorld({ clients: [client] })).toThrow(message);
  });
});

describe('a client whose keys are at its jwks_uri', () => {
  const JWKS = 'https://keys.example/jwks.json';
  const method = { token_endpoint_auth_method: 'private_key_jwt' };
  let host: ReturnType<typeof documentHost>;
  let world: World;
  beforeEach(() => {
    host = documentHost();
    host.serve({ keys: [key.jwk] }, { 'cache-control': 'max-age=600' }, JWKS);
    const client = { client_id: CLIENT, redirect_uris: [CALLBACK], ...method, jwks_uri: JWKS };
    const options = { clients: [client, { client_id: 'demo-preset' }] };
    world = createWorld(options, undefined, { fetchDocument: host.fetchDocument });
  });

  it('is known by them; they are fetched once and kept', async () => {
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);
    expect(host.count(JWKS)).toBe(1);
  });

  it('has them fetched again for a key that is not known, though not over and over', async () => {
    const byOther = async () =>
      (await redeem(world, { client_assertion: await sign(world, {}, { signer: otherKey }) })).status;
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);
    expect(await byOther()).toBe(401);
    expect(host.count(JWKS)).toBe(1);
    world.clock.advance(10);
    expect(await byOther()).toBe(401);
    expect(await byOther()).toBe(401);
    expect(refusalOf(world)).toBe('client_assertion_key_unknown');
    expect(host.count(JWKS)).toBe(2);
    world.clock.advance(10);
    host.serve({ keys: [key.jwk, otherKey.jwk] }, {}, JWKS);
    expect(await byOther()).toBe(200);
  });

  it.each([
    ['cannot be fetched', () => host.fail('document_unreachable', JWKS), 503, 'document_unreachable'],
    [
      'are at an address that is not public',
      () => host.fail('document_address_not_public', JWKS),
      401,
      'document_address_not_public',
    ],
    ['are no key set', () => host.serve({ keys: 'none' }, {}, JWKS), 401, 'document_invalid'],
    [
      'are not all public',
      () => host.serve({ keys: [{ kty: 'oct', k: 'x' }] }, {}, JWKS),
      401,
      'document_invalid',
    ],
  ] as const)('is refused if they %s', async (_what, change, status, reason) => {
    change();
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(status);
    expect(refusalOf(world)).toBe(reason);
  });

  it('goes on for a while by those that are kept when their host is down', async () => {
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);
    host.fail('document_unreachable', JWKS);
    world.clock.advance(3600);
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);
  });

  verifies(
    ['cimd-6.2-authentication'],
    'has to authenticate with them where a metadata document names them',
    async () => {
      const id = 'https://app.example/oauth/client.json';
      host.serve(documentOf({ ...method, jwks_uri: JWKS }));
      const claims = { iss: id, sub: id };
      const code = codeIn(await world.signIn({ client_id: id }));
      expect((await world.token({ client_id: id, code })).status).toBe(401);
      expect(refusalOf(world)).toBe('client_assertion_missing');
      const assertion = { client_assertion_type: TYPE, client_assertion: await sign(world, claims) };
      expect((await world.token({ client_id: id, code, ...assertion })).status).toBe(200);
      expect(world.event('token.issued')).toMatchObject({ route: 'cimd' });
    },
  );

  it('has them fetched from the hosts of --cimd-trust only, unless its operator named them', async () => {
    const id = 'https://app.example/oauth/client.json';
    host.serve(documentOf({ ...method, jwks_uri: JWKS }));
    const preset = { client_id: CLIENT, redirect_uris: [CALLBACK], ...method, jwks_uri: JWKS };
    const trusting = (...cimdTrust: string[]) =>
      createWorld({ clients: [preset], cimdTrust }, undefined, { fetchDocument: host.fetchDocument });

    world = trusting('app.example');
    expect((await world.browser.visit(world.authorizeUrl({ client_id: id }))).status).toBe(400);
    expect(world.event('authorization.refused')).toMatchObject({ reason: 'document_invalid' });
    expect((await world.register({ ...method, jwks_uri: JWKS })).status).toBe(400);
    expect(host.count(JWKS)).toBe(0);
    expect((await redeem(world, { client_assertion: await sign(world) })).status).toBe(200);

    world = trusting('app.example', 'keys.example');
    expect((await world.browser.visit(world.authorizeUrl({ client_id: id }))).status).toBe(200);
    expect((await world.register({ ...method, jwks_uri: JWKS })).status).toBe(201);
  });

  it('may have registered before the list of --cimd-trust got shorter: they are not fetched any more', async () => {
    const store = createMemoryStore(world.clock);
    const sharing = (cimdTrust: readonly string[]) =>
      createWorld({ cimdTrust }, () => store, { fetchDocument: host.fetchDocument });
    const { body } = await sharing([]).register({ ...method, jwks_uri: JWKS });
    const claims = { iss: body['client_id'], sub: body['client_id'] };
    const later = sharing(['app.example']);
    const form = { client_assertion_type: TYPE, client_assertion: await sign(later, claims), token: 'x' };
    expect((await later.post('/revoke', form)).status).toBe(401);
    expect(host.count(JWKS)).toBe(0);
  });

  it.each(['http://keys.example/jwks', 'https://keys.example', 'https://a@keys.example/jwks'])(
    'cannot register with %s',
    async (jwks_uri) => {
      const { status, body } = await world.register({ ...method, jwks_uri });
      expect(status).toBe(400);
      expect(body['error_description']).toMatch(/^jwks_uri: /);
    },
  );

  it('may register with a jwks_uri that nobody will read, as it has no use for keys', async () => {
    expect((await createWorld().register({ jwks_uri: JWKS })).status).toBe(201);
  });

  it('stops the start if it is configured and they could never be fetched', () => {
    const client = { client_id: CLIENT, redirect_uris: [CALLBACK], ...method };
    expect(() => createWorld({ clients: [{ ...client, jwks_uri: JWKS }] })).toThrow(
      'key-client: its jwks_uri cannot be read, as there is no fetchDocument',
    );
    const plain = { ...client, jwks_uri: 'http://keys.example/jwks' };
    expect(() => createWorld({ clients: [plain] }, undefined, { fetchDocument: host.fetchDocument })).toThrow(
      'key-client: its jwks_uri must begin with https',
    );
  });

  it('cannot register where there is no way to fetch them', async () => {
    const registration = { ...method, jwks_uri: JWKS };
    expect((await createWorld().register(registration)).status).toBe(400);
    expect((await world.register(registration)).status).toBe(201);
  });
});
