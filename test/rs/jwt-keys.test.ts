import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/shared/http/fetch.js';
import { createJwtWorld, createKey, createKeyHost, sign } from './jwt-support.js';
import { createWorld, INITIALIZE, ISSUER } from './support.js';
import { verifies } from '../verifies.js';

type JwtWorld = Awaited<ReturnType<typeof createJwtWorld>>;

/** Shows a token; the status, and the reason of a refusal. */
async function present({ post, told }: Pick<JwtWorld, 'post' | 'told'>, token: string) {
  const before = told('bearer.challenged').length;
  const { status } = await post(INITIALIZE, token);
  const reason = told('bearer.challenged')[before]?.reason;
  return reason === undefined ? { status } : { status, reason };
}

const OK = { status: 200 };
const UNKNOWN = { status: 401, reason: 'token_key_unknown' };
const MINUTE = 60_000;

describe('the keys of an issuer', () => {
  it('are read when they are first needed, and once for all tokens that come at the same time', async () => {
    const world = await createJwtWorld();
    expect(world.host.keyReads).toBe(0);
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => sign(world.key, { sub })));
    expect(await Promise.all(tokens.map((token) => present(world, token)))).toEqual([OK, OK, OK]);
    await present(world, tokens[0]!);
    expect({ metadata: world.host.metadataReads, keys: world.host.keyReads }).toEqual({
      metadata: 1,
      keys: 1,
    });
    expect(world.told('jwks.read')).toMatchObject([
      { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, keys: 1, seconds: 300 },
    ]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['says nothing', {}, 300],
    ['says max-age', { 'cache-control': 'public, max-age=20, must-revalidate' }, 20],
    ['says how old its answer is', { 'cache-control': 'max-age=20', age: '5' }, 15],
    ['says a day', { 'cache-control': 'max-age=86400' }, 3600],
    ['says no time at all', { 'cache-control': 'max-age=0' }, 1],
    ['says no-cache', { 'cache-control': 'no-cache' }, 1],
    ['says no-store', { 'cache-control': 'private, no-store, max-age=60' }, 1],
    ['says nonsense', { 'cache-control': 'max-age=soon' }, 300],
    ['says more than a number can be', { 'cache-control': `max-age=${'9'.repeat(40)}` }, 3600],
  ])('are used for as long as their host %s', async (_what, headers, seconds) => {
    const world = await createJwtWorld();
    world.host.headers = headers;
    const token = await sign(world.key);
    await present(world, token);
    world.time.milliseconds += seconds * 1000 - 1;
    await present(world, token);
    expect(world.host.keyReads).toBe(1);
    world.time.milliseconds += 1;
    expect(await present(world, token)).toEqual(OK);
    expect(world.host.keyReads).toBe(2);
  });

  it('verify nothing any more when their time is over and they are gone from the set', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    expect(await present(world, token)).toEqual(OK);
    world.host.keys = [(await createKey('ES256', 'key-2')).jwk];
    world.time.milliseconds += 5 * MINUTE;
    expect(await present(world, token)).toEqual(UNKNOWN);
  });

  it('are read again for a key that is not among them', async () => {
    const world = await createJwtWorld();
    await present(world, await sign(world.key));
    const next = await createKey('ES256', 'key-2');
    world.host.keys = [world.key.jwk, next.jwk];
    world.time.milliseconds += 10_000;
    expect(await present(world, await sign(next))).toEqual(OK);
    expect(world.host.keyReads).toBe(2);
  });

  it('are read again for a key that was exchanged under its old name, or has none', async () => {
    for (const kid of ['key-1', null]) {
      const world = await createJwtWorld();
      const [old, next] = [await createKey('ES256', kid), await createKey('ES256', kid)];
      world.host.keys = [old.jwk];
      expect(await present(world, await sign(old))).toEqual(OK);
      world.host.keys = [next.jwk];
      world.time.milliseconds += 10_000;
      expect(await present(world, await sign(next))).toEqual(OK);
      expect(await present(world, await sign(old))).toEqual({
        status: 401,
        reason: 'token_signature_invalid',
      });
    }
  });

  it('are not read again within 10 seconds, however many tokens are made up', async () => {
    const world = await createJwtWorld();
    await present(world, await sign(world.key));
    const forged = await Promise.all(['a', 'b', 'c'].map(async (kid) => sign(await createKey('ES256', kid))));
    world.time.milliseconds += 9_999;
    for (const token of forged) expect(await present(world, token)).toEqual(UNKNOWN);
    expect(world.host.keyReads).toBe(1);
    world.time.milliseconds += 1;
    expect(await Promise.all(forged.map((token) => present(world, token)))).toEqual([
      UNKNOWN,
      UNKNOWN,
      UNKNOWN,
    ]);
    expect(world.host.keyReads).toBe(2);
  });

  it('are tried one after the other on a token that names none', async () => {
    const world = await createJwtWorld();
    const [one, two] = [await createKey('ES256', null), await createKey('ES256', null)];
    world.host.keys = [one.jwk, two.jwk, world.key.jwk];
    expect(await present(world, await sign(two))).toEqual(OK);
    expect(await present(world, await sign(await createKey('ES256', null)))).toEqual({
      status: 401,
      reason: 'token_signature_invalid',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['for encryption', { use: 'enc' }],
    ['for something else than verifying', { use: undefined, key_ops: ['encrypt'] }],
    ['for another algorithm', { alg: 'ES384' }],
    ['on another curve', { alg: undefined, crv: 'P-384' }],
    ['of another name', { kid: 'key-2' }],
  ])('are not used if they are %s', async (_what, changes) => {
    const world = await createJwtWorld();
    world.host.keys = [{ ...world.key.jwk, ...changes }];
    expect(await present(world, await sign(world.key))).toEqual(UNKNOWN);
  });

  it('may be among others that nobody here can use', async () => {
    const world = await createJwtWorld();
    world.host.keys = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'key-1', alg: 'HS256' },
      { kty: 'PQ', kid: 'key-1' },
      { kty: 'EC', crv: 'secp256k1', x: 'a', y: 'b' },
      { ...world.key.jwk, x5c: ['MIIB'], x5t: 'thumbprint' },
    ];
    expect(await present(world, await sign(world.key))).toEqual(OK);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no point of its curve', { x: 'AAAA' }],
    ['a private key', { d: 'AAAA' }],
  ])('that are %s verify nothing, and stop nothing', async (_what, changes) => {
    const world = await createJwtWorld();
    const other = await createKey('ES256', 'key-2');
    world.host.keys = [{ ...world.key.jwk, ...changes }, other.jwk];
    expect(await present(world, await sign(world.key))).toEqual({
      status: 401,
      reason: 'token_signature_invalid',
    });
    expect(await present(world, await sign(other))).toEqual(OK);
  });
});

describe('keys that can not be read', () => {
  it.each<[string, () => Promise<Response>, string]>([
    ['are not there', async () => new Response(null, { status: 404 }), 'jwks_failed'],
    ['are elsewhere', async () => Response.redirect('https://elsewhere.example/jwks', 302), 'jwks_failed'],
    ['are a page', async () => new Response('<html>'), 'jwks_malformed'],
    ['are no list', async () => Response.json({ keys: {} }), 'jwks_malformed'],
    ['are no keys', async () => Response.json({ keys: ['key'] }), 'jwks_malformed'],
    ['are too many', async () => Response.json({ keys: Array(101).fill({ kty: 'EC' }) }), 'jwks_malformed'],
    [
      'are too large',
      async () => Response.json({ keys: [], more: 'x'.repeat(256 * 1024) }),
      'jwks_malformed',
    ],
    [
      'never end',
      async () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)) })),
      'jwks_malformed',
    ],
    ['break off', async () => Promise.reject(new TypeError('fetch failed')), 'jwks_unreachable'],
    ['never come', async () => new Promise(() => {}), 'jwks_unreachable'],
  ])('because they %s give 503, and no access', async (_what, jwks, reason) => {
    const world = await createJwtWorld({ introspectionTimeoutMs: 60 });
    world.host.jwks = jwks;
    const response = await world.post(INITIALIZE, await sign(world.key));
    expect(response.status).toBe(503);
    expect(response.headers.has('retry-after')).toBe(true);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(world.told('bearer.challenged')).toMatchObject([{ reason, level: 'error' }]);
    expect(world.told('as.unreachable')).toHaveLength(1);
  });

  it('are not asked for again within a second, and found when they are back', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    const { jwks } = world.host;
    world.host.jwks = async () => new Response(null, { status: 500 });
    expect(await present(world, token)).toEqual({ status: 503, reason: 'jwks_failed' });
    expect(await present(world, token)).toEqual({ status: 503, reason: 'jwks_failed' });
    expect(world.host.keyReads).toBe(1);
    world.host.jwks = jwks;
    world.time.milliseconds += 1000;
    expect(await present(world, token)).toEqual(OK);
    expect(world.told('as.found')).toHaveLength(2);
  });

  it('leave those in use that were read before, for an hour, with one warning', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key, { exp: 4_000_000_000 });
    expect(await present(world, token)).toEqual(OK);
    world.host.up = false;
    world.time.milliseconds += 5 * MINUTE;
    expect(await present(world, token)).toEqual(OK);
    world.time.milliseconds += 60 * MINUTE - 1;
    expect(await present(world, token)).toEqual(OK);
    expect(world.told('jwks.unread')).toMatchObject([{ issuer: ISSUER, level: 'warning' }]);
    world.time.milliseconds += 1001;
    expect(await present(world, token)).toMatchObject({ status: 503 });
    world.host.up = true;
    world.time.milliseconds += 1000;
    expect(await present(world, token)).toEqual(OK);
  });

  it('are not waited for, while those that were read before will do', async () => {
    const world = await createJwtWorld({ introspectionTimeoutMs: 60_000 });
    const token = await sign(world.key);
    expect(await present(world, token)).toEqual(OK);
    world.host.up = false;
    world.time.milliseconds += 5 * MINUTE;
    expect(await present(world, token)).toEqual(OK);
    world.host.up = true;
    let answer!: (response: Response) => void;
    world.host.jwks = () => new Promise((resolve) => (answer = resolve));
    world.time.milliseconds += 1000;
    expect(await present(world, token)).toEqual(OK);
    expect(await present(world, token)).toEqual(OK);
    expect(world.host.keyReads).toBe(2);
    answer(Response.json({ keys: [(await createKey('ES256', 'key-2')).jwk] }));
    await expect.poll(() => world.told('jwks.read')).toHaveLength(2);
    expect(await present(world, token)).toEqual(UNKNOWN);
  });

  it('are waited for again once they could be read', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    world.host.headers = { 'cache-control': 'max-age=1' };
    for (const up of [true, false, true]) {
      world.host.up = up;
      expect(await present(world, token)).toEqual(OK);
      world.time.milliseconds += 1000;
    }
    await expect.poll(() => world.told('jwks.read')).toHaveLength(2);
    world.host.keys = [(await createKey('ES256', 'key-2')).jwk];
    expect(await present(world, token)).toEqual(UNKNOWN);
  });

  it('are waited for again a minute after the last attempt: a key may be gone by now', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    await present(world, token);
    world.host.up = false;
    world.time.milliseconds += 5 * MINUTE;
    expect(await present(world, token)).toEqual(OK);
    world.host.up = true;
    world.host.keys = [(await createKey('ES256', 'key-2')).jwk];
    world.time.milliseconds += MINUTE;
    expect(await present(world, token)).toEqual(UNKNOWN);
  });

  it('make an unknown key 503 and not 401: it may be good', async () => {
    const world = await createJwtWorld();
    await present(world, await sign(world.key));
    world.host.up = false;
    world.time.milliseconds += 10_000;
    const next = await sign(await createKey('ES256', 'key-2'));
    expect(await present(world, next)).toEqual({ status: 503, reason: 'jwks_unreachable' });
    expect(await present(world, await sign(world.key))).toEqual(OK);
  });

  it('are followed to where the metadata says that they are now', async () => {
    const world = await createJwtWorld();
    const token = await sign(world.key);
    expect(await present(world, token)).toEqual(OK);
    const { fetch } = world.host;
    world.host.metadata = () => Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/v2/jwks` });
    world.host.fetch = async (request) =>
      new URL(request.url).pathname === '/jwks' ? new Response(null, { status: 404 }) : fetch(request);
    world.time.milliseconds += 5 * MINUTE;
    expect(await present(world, token)).toEqual(OK);
    expect(world.told('jwks.read').at(-1)).toMatchObject({ jwks_uri: `${ISSUER}/v2/jwks` });
    expect(world.told('as.unreachable')).toEqual([]);
  });
});

describe('an authorization server that becomes another one while its keys are read', () => {
  it('does not vouch for tokens of the issuer that it was, though the key is the same', async () => {
    const world = await createJwtWorld();
    const { fetch } = world.host;
    world.host.fetch = async (request) => {
      if (new URL(request.url).pathname !== '/jwks') return fetch(request);
      world.host.issuer = `${ISSUER}/two`;
      return new Response(null, { status: 404 });
    };
    expect(await present(world, await sign(world.key))).toEqual({ status: 401, reason: 'issuer_mismatch' });
    expect(await present(world, await sign(world.key, { iss: `${ISSUER}/two` }))).toEqual(OK);
  });
});

describe('the metadata of an authorization server whose keys are needed', () => {
  it.each([
    [
      'names no jwks_uri',
      { introspection_endpoint: `${ISSUER}/introspect` },
      'jwks_uri_missing',
      '--verify=introspection',
    ],
    ['is of another issuer', { issuer: 'http://localhost:9001' }, 'as_issuer_mismatch', '--auth-server'],
  ])('is not used if it %s', async (_what, changes, reason, flag) => {
    const world = await createJwtWorld();
    world.host.metadata = () => Response.json({ issuer: ISSUER, ...changes });
    expect(await present(world, await sign(world.key))).toEqual({ status: 503, reason });
    expect(world.told('bearer.challenged')).toMatchObject([{ detail: expect.stringContaining(flag) }]);
    expect(world.host.keyReads).toBe(0);
  });

  it('does not lead from https to keys by plain http', async () => {
    const issuer = 'https://as.example';
    const host = createKeyHost(issuer);
    host.metadata = () => Response.json({ issuer, jwks_uri: 'http://as.example/jwks' });
    const world = createWorld(
      { verify: 'jwt', authServers: [{ issuer }] },
      { fetch: async (input, init) => host.fetch(new Request(input, init)) },
    );
    const token = await sign(await createKey(), { iss: issuer });
    expect(await present(world, token)).toEqual({ status: 503, reason: 'jwks_uri_insecure' });
    expect(host.keyReads).toBe(0);
  });

  it('is enough without an introspection endpoint', async () => {
    const world = await createJwtWorld();
    expect(await world.rs.ready()).toBe(true);
    expect(world.told('as.found')).toEqual([
      expect.objectContaining({ issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }),
    ]);
    expect(world.told('rs.revocation_unseen')).toHaveLength(1);
  });
});

describe('of several authorization servers', () => {
  const issuers = ['https://one.example', 'https://two.example/'] as const;

  async function createTwo() {
    const hosts = issuers.map((issuer) => createKeyHost(issuer));
    const keys = [await createKey(), await createKey()] as const;
    hosts.forEach((host, at) => (host.keys = [keys[at]!.jwk]));
    // The second one writes a slash at its end, which its user left out, as with Auth0.
    hosts[1]!.metadata = () => Response.json({ issuer: issuers[1], jwks_uri: `${issuers[1]}jwks` });
    const world = createWorld(
      { verify: 'jwt', authServers: issuers.map((issuer) => ({ issuer: issuer.replace(/\/$/, '') })) },
      { fetch: networkOf({ [issuers[0]]: hosts[0]!, 'https://two.example': hosts[1]! }) },
    );
    return { ...world, hosts, keys };
  }

  it('each has its tokens verified by its own keys, in its own spelling', async () => {
    const world = await createTwo();
    expect(await present(world, await sign(world.keys[0], { iss: issuers[0] }))).toEqual(OK);
    expect(await present(world, await sign(world.keys[1], { iss: issuers[1] }))).toEqual(OK);
    expect(await present(world, await sign(world.keys[1], { iss: 'https://two.example' }))).toEqual({
      status: 401,
      reason: 'issuer_mismatch',
    });
  });

  verifies(['rs.rfc9068-4-keys'], 'none can sign in the name of another', async () => {
    const world = await createTwo();
    for (const [key, iss] of [
      [world.keys[0], issuers[1]],
      [world.keys[1], issuers[0]],
    ] as const) {
      expect(await present(world, await sign(key, { iss }))).toEqual({
        status: 401,
        reason: 'token_signature_invalid',
      });
    }
  });

  it('one that is down does not matter to the tokens of the other, nor is it asked for them', async () => {
    const world = await createTwo();
    world.hosts[0]!.up = false;
    expect(await present(world, await sign(world.keys[1], { iss: issuers[1] }))).toEqual(OK);
    expect(await present(world, await sign(world.keys[0], { iss: issuers[0] }))).toMatchObject({
      status: 503,
    });
    expect(world.hosts[1]!.keyReads).toBe(1);
  });

  it('none is asked about a token of somebody else', async () => {
    const world = await createTwo();
    expect(await present(world, await sign(world.keys[0], { iss: 'https://three.example' }))).toEqual({
      status: 401,
      reason: 'issuer_mismatch',
    });
    expect(world.hosts.map(({ metadataReads, keyReads }) => [metadataReads, keyReads])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
