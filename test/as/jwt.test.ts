import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/as/index.js';
import { steppedClock } from '../contract/store-contract.js';
import { verifies } from '../verifies.js';
import { createWorld, ISSUER, RESOURCE, type World } from './support.js';

const JWKS = `${ISSUER}/jwks`;

/** What a resource server does that verifies tokens itself. */
async function verify(world: World, token: string, audience = RESOURCE) {
  const keys = createRemoteJWKSet(new URL(JWKS), { [customFetch]: world.fetch });
  return jwtVerify(token, keys, {
    issuer: ISSUER,
    audience,
    typ: 'at+jwt',
    currentDate: new Date(world.clock.now() * 1000),
  });
}

async function jwks(world: World): Promise<{ keys: Record<string, string>[]; headers: Headers }> {
  const response = await world.fetch(JWKS);
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  return { keys, headers: response.headers };
}

describe('a JWT access token', () => {
  verifies.each(['ES256', 'RS256'] as const)(
    [
      'rfc6750-5.2-scope',
      'rfc6750-5.3-audience',
      'rfc9068-2.1-signed',
      'rfc9068-2.1-asymmetric',
      'rfc9068-2.1-none',
      'rfc9068-2.1-rs256',
      'rfc9068-2.1-typ',
      'rfc9068-2.1-typ-short',
      'rfc9068-2.2-iss',
      'rfc9068-2.2-exp',
      'rfc9068-2.2-aud',
      'rfc9068-2.2-sub',
      'rfc9068-2.2-sub-user',
      'rfc9068-2.2-client-id',
      'rfc9068-2.2-iat',
      'rfc9068-2.2-jti',
      'rfc9068-2.2.3-scope',
      'oauth2.1-7.1.3.6-audience',
      'rfc8707-2-audience',
    ],
    'signed with %s says what RFC 9068 asks for',
    async (signingAlg) => {
      const world = createWorld({ tokenFormat: 'jwt', signingAlg });
      const { access_token = '' } = await world.flow({ scope: 'user' });
      const { payload, protectedHeader } = await verify(world, access_token);
      const { keys } = await jwks(world);
      expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: signingAlg, kid: keys[0]?.['kid'] });
      expect(payload).toEqual({
        iss: ISSUER,
        sub: 'demo_user',
        aud: RESOURCE,
        client_id: 'demo-preset',
        scope: 'user',
        iat: world.clock.now(),
        exp: world.clock.now() + 3600,
        jti: expect.stringMatching(/^[\w-]{22}$/),
      });
    },
  );

  it('has its own jti, also when two are issued in the same second', async () => {
    const world = createWorld({ tokenFormat: 'jwt' });
    const tokens = [await world.flow(), await world.flow()].map((body) => body['access_token'] ?? '');
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(2);
  });

  verifies(['rfc9068-3-resource'], 'for several resources names them all', async () => {
    const world = createWorld({ tokenFormat: 'jwt' });
    const resource = [RESOURCE, 'https://other.example/mcp'];
    const { access_token = '' } = await world.flow({ resource });
    expect(decodeJwt(access_token).aud).toEqual(resource);
  });

  verifies(
    ['rfc9068-3-resource', 'rfc9068-3-ambiguous', 'rfc9068-5-distinct'],
    'is for the resource that was asked for and for no other, with the scope that was granted',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt', scopes: ['user', 'clock'] });
      const one = 'https://one.example/mcp';
      const two = 'https://two.example/mcp';
      const tokens = [
        await world.flow({ resource: one, scope: 'user' }),
        await world.flow({ resource: two }),
      ];
      const claims = tokens.map(({ access_token = '' }) => decodeJwt(access_token));
      expect(claims).toMatchObject([
        { aud: one, scope: 'user' },
        { aud: two, scope: 'user clock' },
      ]);
      await expect(verify(world, tokens[0]?.['access_token'] ?? '', two)).rejects.toThrow(/aud/);
    },
  );

  verifies(
    ['rfc9068-3-default'],
    'for no resource in particular has the issuer as its audience, and introspection says the same',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt', resources: [] });
      const { access_token = '' } = await world.flow();
      await verify(world, access_token, ISSUER);
      expect(await world.introspect(access_token)).toMatchObject({ aud: ISSUER });
    },
  );

  verifies(
    ['rfc9068-2.2-sub', 'rfc9068-2.2-sub-client'],
    'that a client gets for itself has the client as its subject',
    async () => {
      const secret = { client_id: 'backend', client_secret: 'its-secret' };
      const grant_types = ['client_credentials'];
      const world = createWorld({
        tokenFormat: 'jwt',
        grants: ['authorization_code', 'client_credentials'],
        clients: [{ ...secret, grant_types }],
      });
      const { body } = await world.post('/token', { grant_type: 'client_credentials', ...secret });
      const { payload } = await verify(world, body['access_token'] ?? '');
      expect(payload).toMatchObject({ sub: 'backend', client_id: 'backend' });
    },
  );

  verifies(
    ['rfc9068-2.2.3-meaning'],
    'has the scopes that mean something to a resource, which offline_access does not',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt' });
      const { access_token = '', scope } = await world.flow({ scope: 'user offline_access' });
      expect(scope).toBe('user offline_access');
      expect(decodeJwt(access_token)['scope']).toBe('user');
      expect(await world.introspect(access_token)).toMatchObject({ scope: 'user' });

      const alone = await world.flow({ scope: 'offline_access' });
      expect(decodeJwt(alone['access_token'] ?? '')).not.toHaveProperty('scope');
      expect(await world.introspect(alone['access_token'])).not.toHaveProperty('scope');
    },
  );

  verifies(
    ['rfc7009-2-access-tokens', 'rfc7009-2-refresh-tokens', 'rfc7009-2.1-of-grant', 'rfc7662-4-revoked'],
    'is introspected and revoked as an opaque one is',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt' });
      const { access_token = '', refresh_token } = await world.flow({ scope: 'user' });
      expect(await world.introspect(access_token)).toEqual({
        active: true,
        token_type: 'Bearer',
        ...decodeJwt(access_token),
      });
      const second = (await world.token({ grant_type: 'refresh_token', refresh_token })).body;
      await world.post('/revoke', { token: access_token, client_id: 'demo-preset' });
      expect(await world.introspect(access_token)).toEqual({ active: false });
      expect(await world.introspect(second['access_token'])).toMatchObject({ active: true });
      await world.post('/revoke', { token: second['refresh_token'], client_id: 'demo-preset' });
      expect(await world.introspect(second['access_token'])).toEqual({ active: false });
    },
  );

  it('outlives its revocation where a resource server does not ask', async () => {
    const world = createWorld({ tokenFormat: 'jwt' });
    const { access_token = '' } = await world.flow();
    await world.post('/revoke', { token: access_token, client_id: 'demo-preset' });
    await expect(verify(world, access_token)).resolves.toBeDefined();
    world.clock.advance(3600);
    await expect(verify(world, access_token)).rejects.toThrow(/exp/);
  });

  verifies(
    [
      'rfc6750-5.2-integrity',
      'rfc7662-4-checks',
      'rfc7662-4-signature',
      'mcp-token-handling-own',
      'oauth2.1-1.4-unforgeable',
      'oauth2.1-1.4.2-integrity',
    ],
    'that was tampered with or made elsewhere is unknown to introspection, and fails verification',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt' });
      const { access_token = '' } = await world.flow();
      const [header, , signature] = access_token.split('.');
      const claims = { ...decodeJwt(access_token), sub: 'somebody-else' };
      const tampered = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
      const elsewhere = (await createWorld({ tokenFormat: 'jwt' }).flow())['access_token'] ?? '';
      for (const forged of [tampered, elsewhere, `${header}.${header}.`]) {
        expect(await world.introspect(forged)).toEqual({ active: false });
        await expect(verify(world, forged)).rejects.toThrow();
      }
    },
  );
});

describe('/jwks', () => {
  verifies(
    ['rfc9068-4-asymmetric', 'rfc9068-4-metadata'],
    'is named in the metadata and answers web pages, with public members only',
    async () => {
      const world = createWorld({ tokenFormat: 'jwt' });
      const metadata = await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
      expect(metadata).toHaveProperty('jwks_uri', JWKS);
      const { keys, headers } = await jwks(world);
      expect(keys).toEqual([
        {
          kty: 'EC',
          crv: 'P-256',
          x: expect.any(String),
          y: expect.any(String),
          use: 'sig',
          alg: 'ES256',
          kid: expect.stringMatching(/^[\w-]{43}$/),
        },
      ]);
      expect(headers.get('content-type')).toBe('application/jwk-set+json');
      expect(headers.get('cache-control')).toBe('public, max-age=300');
      const origin = 'http://localhost:6274';
      const fromPage = await world.fetch(JWKS, { headers: { origin } });
      expect(fromPage.headers.get('access-control-allow-origin')).toBe(origin);
    },
  );

  verifies(['rfc9068-4-asymmetric'], 'has the public members of an RSA key only', async () => {
    const { keys } = await jwks(createWorld({ tokenFormat: 'jwt', signingAlg: 'RS256' }));
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'e', 'kid', 'kty', 'n', 'use']]);
  });

  it('is not there while tokens are opaque, nor in the metadata, and no key is made', async () => {
    const world = createWorld();
    await world.flow();
    expect((await world.fetch(JWKS)).status).toBe(404);
    const metadata = await (await world.fetch(`${ISSUER}/.well-known/oauth-authorization-server`)).json();
    expect(metadata).not.toHaveProperty('jwks_uri');
    expect(world.event('signing_key.created')).toBeUndefined();
  });
});

describe('signing keys', () => {
  /** Two processes with one store, each with its own clock that shows the same time. */
  function twoProcesses(options: Parameters<typeof createWorld>[0] = {}): readonly [World, World] {
    let shared: ReturnType<typeof createMemoryStore> | undefined;
    const one = createWorld(
      { tokenFormat: 'jwt', ...options },
      (clock) => (shared ??= createMemoryStore(clock)),
    );
    const two = createWorld(
      { tokenFormat: 'jwt', ...options },
      (clock) => (shared ??= createMemoryStore(clock)),
    );
    return [one, two];
  }

  /** One server after the other, each with its own settings, and one store that outlives them all. */
  function restartable() {
    const clock = steppedClock();
    const store = createMemoryStore(clock);
    return {
      clock,
      start: (options: Parameters<typeof createWorld>[0]): World => {
        const world = createWorld({ tokenFormat: 'jwt', ...options }, () => store);
        world.clock.advance(clock.now() - world.clock.now());
        return world;
      },
    };
  }

  const kids = async (world: World) => (await jwks(world)).keys.map(({ kid }) => kid);
  const signed = async (world: World) =>
    decodeProtectedHeader((await world.flow())['access_token'] ?? '').kid;

  it.each([
    ['rotation', { rotateKeysEverySeconds: 1000 }],
    ['another algorithm', { signingAlg: 'RS256' }],
  ] as const)(
    'for ever are given up once there is %s, when the last token has ended that they signed',
    async (_what, settings) => {
      const { clock, start } = restartable();
      const kid = await signed(start({ accessTokenSeconds: 300 }));
      // The new life is no measure for the tokens of before.
      const changed = { ...settings, accessTokenSeconds: 10 };
      expect(await kids(start(changed))).toContain(kid);
      clock.advance(299);
      expect(await kids(start(changed))).toContain(kid);
      clock.advance(1);
      expect(await kids(start(changed))).not.toContain(kid);
    },
  );

  it('for ever that were given up sign for ever again where the settings are as before', async () => {
    const { clock, start } = restartable();
    const kid = await signed(start({}));
    await kids(start({ rotateKeysEverySeconds: 1000 }));
    clock.advance(1800);
    expect(await signed(start({}))).toBe(kid);
    clock.advance(10_000);
    expect(await signed(start({}))).toBe(kid);
  });

  it('stay published as long as tokens live, also once these live longer', async () => {
    const { clock, start } = restartable();
    const rotation = { rotateKeysEverySeconds: 1000 };
    clock.advance(1000 - (clock.now() % 1000));
    const kid = await signed(start({ ...rotation, accessTokenSeconds: 10 }));
    clock.advance(999);
    const longer = { ...rotation, accessTokenSeconds: 5000 };
    expect(await signed(start(longer))).toBe(kid);
    clock.advance(4999);
    // Settings of before do not shorten it again.
    expect(await kids(start({ ...rotation, accessTokenSeconds: 10 }))).toContain(kid);
    clock.advance(2);
    expect(await kids(start(longer))).not.toContain(kid);
  });

  it('are made once, whoever asks first and however many ask at once', async () => {
    const [one, two] = twoProcesses();
    const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => jwks(at % 2 === 0 ? one : two)));
    expect(new Set(answers.map(({ keys }) => JSON.stringify(keys))).size).toBe(1);
    const made = [...one.events, ...two.events].filter(({ kind }) => kind === 'signing_key.created');
    expect(made).toHaveLength(1);
    const { access_token = '' } = await one.flow();
    await expect(verify(two, access_token)).resolves.toBeDefined();
  });

  it('change by the clock, in every process in the same second, and the log tells', async () => {
    const [one, two] = twoProcesses({ rotateKeysEverySeconds: 1000 });
    const kidOf = async (world: World) =>
      decodeProtectedHeader((await world.flow())['access_token'] ?? '').kid;
    const first = await kidOf(one);
    expect(await kidOf(two)).toBe(first);
    for (const world of [one, two]) world.clock.advance(999);
    expect(await kidOf(two)).toBe(first);
    for (const world of [one, two]) world.clock.advance(1);
    const second = await kidOf(two);
    expect(second).not.toBe(first);
    expect(await kidOf(one)).toBe(second);
    expect(two.event('signing_key.rotated')).toMatchObject({ kid: second, previous: first });
  });

  it('are told of once when many tokens are the first of a new key', async () => {
    const world = createWorld({
      tokenFormat: 'jwt',
      rotateKeysEverySeconds: 1000,
      grants: ['authorization_code', 'client_credentials'],
      clients: [{ client_id: 'backend', client_secret: 's', grant_types: ['client_credentials'] }],
    });
    const ask = () =>
      world.post('/token', {
        grant_type: 'client_credentials',
        client_id: 'backend',
        client_secret: 's',
      });
    const before = (await ask()).body['access_token'] ?? '';
    world.clock.advance(1000);
    await Promise.all(Array.from({ length: 20 }, ask));
    const told = world.events.filter(({ kind }) => kind === 'signing_key.rotated');
    expect(told).toEqual([expect.objectContaining({ previous: decodeProtectedHeader(before).kid })]);
  });

  it('are published before they sign: a cached copy knows every key for as long as it may be used', async () => {
    const world = createWorld({ tokenFormat: 'jwt', rotateKeysEverySeconds: 100, accessTokenSeconds: 10 });
    for (const wait of [0, 99, 1, 57, 250]) {
      world.clock.advance(wait);
      const { keys, headers } = await jwks(world);
      const seconds = Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]);
      expect(seconds).toBeGreaterThan(0);
      world.clock.advance(seconds - 1);
      const { access_token = '' } = await world.flow();
      expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(access_token).kid);
    }
  });

  it('stay published until the last token that they can have signed has ended, and no longer', async () => {
    const world = createWorld({ tokenFormat: 'jwt', rotateKeysEverySeconds: 100, accessTokenSeconds: 250 });
    world.clock.advance(99);
    const { access_token = '' } = await world.flow();
    const { kid } = decodeProtectedHeader(access_token);
    const published = async () => (await jwks(world)).keys.some((key) => key['kid'] === kid);
    world.clock.advance(249);
    expect(await published()).toBe(true);
    await expect(verify(world, access_token)).resolves.toBeDefined();
    world.clock.advance(2);
    expect(await published()).toBe(false);
  });
});
