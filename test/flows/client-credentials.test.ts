import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { ourPair, OUR_RESOURCE } from './our-pair.js';
import { AS_METADATA, createForeignPair, inspect, ISSUER, json, TOKEN_RESPONSE } from './support.js';

const SECRET = 'a-secret-of-a-service-0123456789abcdef';
const GRANTS = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A foreign authorization server that takes keys by certain algorithms. */
function keyTaker(algorithms: readonly string[] | undefined) {
  return createForeignPair({
    'GET as.example/.well-known/oauth-authorization-server': json({
      ...AS_METADATA,
      grant_types_supported: ['authorization_code', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      ...(algorithms && { token_endpoint_auth_signing_alg_values_supported: algorithms }),
    }),
  });
}

describe('--grant=client_credentials', () => {
  it('gets a token from our pair with a secret, and asks no user', async () => {
    const fetch = ourPair({
      grants: [...GRANTS],
      clients: [
        { client_id: 'service', client_secret: SECRET, grant_types: ['client_credentials'], scope: 'user' },
      ],
    });
    const { document } = await inspect(fetch, {
      target: OUR_RESOURCE,
      grant: 'client_credentials',
      clientId: 'service',
      clientSecret: SECRET,
    });
    expect(document).toMatchObject({ reason: null, outcome: 'completed', registration: { route: 'preset' } });
    const skipped = document.steps.filter(({ outcome }) => outcome === 'skipped').map(({ id }) => id);
    expect(skipped).toEqual(['authorization', 'callback']);
    expect(document.exchanges.filter(({ from }) => from === 'browser')).toEqual([]);
    expect(document.checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([]);
  });

  it.each([
    ['ES256', EC],
    ['RS256', RSA],
  ])(
    'gets one with a key that signs with %s, which appears nowhere',
    async (_algorithm, { privateKey, publicKey }) => {
      const clientKey = pem(privateKey);
      const fetch = ourPair({
        grants: [...GRANTS],
        clients: [
          {
            client_id: 'service',
            grant_types: ['client_credentials'],
            token_endpoint_auth_method: 'private_key_jwt',
            jwks: { keys: [publicKey.export({ format: 'jwk' })] },
            scope: 'user',
          },
        ],
      });
      const plan = {
        target: OUR_RESOURCE,
        grant: 'client_credentials',
        clientId: 'service',
        clientKey,
      } as const;
      const { document, text, check } = await inspect(fetch, plan);
      expect(document).toMatchObject({ reason: null, outcome: 'completed' });
      expect(check('as.client-credentials-no-refresh')).toBe('pass');
      const everything = JSON.stringify(document) + text;
      for (const line of clientKey
        .split('\n')
        .filter((part) => part.length > 20 && !part.startsWith('-----'))) {
        expect(everything).not.toContain(line);
      }
      expect(everything).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    },
  );

  it('sends resource and scope, and no client_secret, to a foreign server', async () => {
    const pair = keyTaker(['ES256']);
    const plan = { grant: 'client_credentials', clientId: 'service', clientKey: pem(EC.privateKey) } as const;
    const { document } = await inspect(pair.fetch, plan);
    expect(document.outcome).toBe('completed');
    expect(Object.fromEntries(pair.token())).toEqual({
      grant_type: 'client_credentials',
      resource: 'https://mcp.example/mcp',
      scope: 'notes.read',
      client_id: 'service',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
    });
    expect(pair.requests.join('\n')).not.toContain('/authorize');
    const mcp = document.exchanges.filter(({ to, request }) => to === 'rs' && request.method === 'POST');
    for (const { request } of mcp.filter(({ step }) => step === 'mcp-call')) {
      expect(JSON.stringify(request.body)).toContain(
        '"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/oauth-client-credentials":{}}}',
      );
    }
  });

  it('does not need an authorization endpoint', async () => {
    const { authorization_endpoint: _, ...metadata } = AS_METADATA;
    const pair = createForeignPair({
      'GET as.example/.well-known/oauth-authorization-server': json(metadata),
    });
    const plan = { clientId: 'service', clientSecret: SECRET };
    expect((await inspect(pair.fetch, { ...plan, grant: 'client_credentials' })).document.outcome).toBe(
      'completed',
    );
    expect((await inspect(pair.fetch, plan)).failed?.reason).toContain('lacks authorization_endpoint');
  });

  it('finds what the metadata does not say of it', async () => {
    const pair = createForeignPair({
      'POST as.example/token': json(TOKEN_RESPONSE, { headers: { 'cache-control': 'no-store' } }),
    });
    const plan = { grant: 'client_credentials', clientId: 'service', clientSecret: SECRET } as const;
    const { check } = await inspect(pair.fetch, plan);
    expect(check('as.client-credentials-listed')).toBe('warn');
    expect(check('as.client-credentials-methods')).toBe('warn');
    expect(check('as.client-credentials-no-refresh')).toBe('warn');
    expect(check('as.client-authentication-listed')).toBe('warn');
  });

  it.each([{}, { clientId: 'service' }])(
    'is refused without a client that authenticates: %o',
    async (plan) => {
      await expect(
        inspect(createForeignPair().fetch, { ...plan, grant: 'client_credentials' }),
      ).rejects.toThrow(/--client-id, and --client-secret or --client-key/);
    },
  );
});

describe('an assertion', () => {
  async function assertionFor(clientKey: string, algorithms?: readonly string[]) {
    const pair = keyTaker(algorithms);
    const { document, failed, check } = await inspect(pair.fetch, { clientId: 'service', clientKey });
    return { assertion: pair.token().get('client_assertion') ?? '', document, failed, check };
  }

  it('is for the issuer alone, for a minute, and used once', async () => {
    const key = pem(EC.privateKey);
    const { assertion, document } = await assertionFor(key, ['ES256']);
    expect(document.outcome).toBe('completed');
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'ES256', typ: 'client-authentication+jwt' });
    expect(decodeJwt(assertion)).toEqual({
      iss: 'service',
      sub: 'service',
      aud: ISSUER,
      iat: 1_790_000_000,
      exp: 1_790_000_060,
      jti: expect.stringMatching(/^[\w-]{22}$/),
    });
    const other = await assertionFor(key, ['ES256']);
    expect(decodeJwt(other.assertion).jti).not.toBe(decodeJwt(assertion).jti);
  });

  it('names the key as its JWK does', async () => {
    const jwk = { ...EC.privateKey.export({ format: 'jwk' }), kid: 'key-2026' };
    const { assertion } = await assertionFor(JSON.stringify(jwk), ['ES256']);
    expect(decodeProtectedHeader(assertion).kid).toBe('key-2026');
  });

  it.each([
    [['PS256', 'ES256'], 'PS256'],
    [undefined, 'RS256'],
  ])('is signed with the first algorithm of the key among %o: %s', async (algorithms, algorithm) => {
    const { assertion } = await assertionFor(pem(RSA.privateKey), algorithms);
    expect(decodeProtectedHeader(assertion).alg).toBe(algorithm);
  });

  it('is not sent where the key can do nothing that is taken', async () => {
    const { assertion, failed } = await assertionFor(pem(EC.privateKey), ['RS256']);
    expect(assertion).toBe('');
    expect(failed?.reason).toMatch(/ES256.*takes RS256/);
  });

  it('has to have its algorithms in the metadata, and none is none of them', async () => {
    expect((await assertionFor(pem(EC.privateKey))).check('as.token-signing-algs')).toBe('fail');
    expect((await assertionFor(pem(EC.privateKey), ['none', 'ES256'])).check('as.signing-alg-none')).toBe(
      'fail',
    );
  });
});

describe('--client-key', () => {
  const publicJwk = JSON.stringify(EC.publicKey.export({ format: 'jwk' }));
  const wrongAlgorithm = JSON.stringify({ ...EC.privateKey.export({ format: 'jwk' }), alg: 'RS256' });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const encrypted = EC.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'correct-horse' })
    .toString();
  it.each([
    ['text', 'hello', /no key that can be read: PKCS #8/],
    ['another JSON', '{"a": 1}', /is JSON, but no JWK/],
    ['a public JWK', publicJwk, /public key/],
    ['a public key in PEM', EC.publicKey.export({ type: 'spki', format: 'pem' }).toString(), /public key/],
    ['a shared secret', '{"kty":"oct","k":"c2VjcmV0LXNlY3JldA"}', /shared secret/],
    ["an alg that is not the key's", wrongAlgorithm, /says alg RS256/],
    ['a weak key', pem(weak), /2048 bits/],
    ['an encrypted key', encrypted, /is encrypted/],
    ['a damaged key', pem(EC.privateKey).replace(/[A-Za-z]{8}/, 'AAAAAAAA'), /damaged/],
  ])('says of %s what is wrong, and repeats none of it', async (_what, clientKey, why) => {
    const running = inspect(createForeignPair().fetch, { clientId: 'service', clientKey });
    await expect(running).rejects.toThrow(why);
    const message = await running.catch((error: unknown) => String(error));
    expect(message).not.toMatch(/\n|c2VjcmV0|MIG/);
  });

  it('needs its client, and no secret beside it', async () => {
    const clientKey = pem(EC.privateKey);
    const { fetch } = createForeignPair();
    await expect(inspect(fetch, { clientKey })).rejects.toThrow(/--client-id or --client-metadata-url/);
    await expect(inspect(fetch, { clientKey, clientId: 'a', clientSecret: SECRET })).rejects.toThrow(
      /one of them/,
    );
  });
});
