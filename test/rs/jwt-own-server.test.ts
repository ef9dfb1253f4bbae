import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/as/index.js';
import { networkOf, type WebApp } from '../../src/shared/http/fetch.js';
import { createWorld, INITIALIZE, ISSUER, NOW, RESOURCE } from './support.js';

const BACKEND = { client_id: 'backend', client_secret: 'a-long-random-value-of-a-client' };

/** Our own authorization server, which issues JWTs to a client without a user, and a resource server beside it. */
function createPair(asOptions: Partial<Parameters<typeof createAuthorizationServer>[0]> = {}) {
  const time = { now: NOW };
  const startAs = (changes: typeof asOptions = {}): WebApp =>
    createAuthorizationServer(
      {
        issuer: ISSUER,
        demoMode: true,
        tokenFormat: 'jwt',
        grants: ['authorization_code', 'client_credentials'],
        clients: [{ ...BACKEND, grant_types: ['client_credentials'] }],
        resources: [RESOURCE],
        ...asOptions,
        ...changes,
      },
      { clock: { now: () => time.now } },
    );
  let as = startAs();
  const requests: string[] = [];
  const fetch = networkOf({
    [ISSUER]: {
      fetch: async (request) => (requests.push(new URL(request.url).pathname), as.fetch(request)),
    },
  });
  const world = createWorld(
    { verify: 'jwt' },
    { fetch, clock: { now: () => time.now }, milliseconds: () => time.now * 1000 },
  );
  return {
    ...world,
    time,
    requests,
    restart: (changes: typeof asOptions) => void (as = startAs(changes)),
    async token(path = '') {
      const body = new URLSearchParams({ grant_type: 'client_credentials', ...BACKEND });
      const answer = await as.fetch(new Request(`${ISSUER}${path}/token`, { method: 'POST', body }));
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    revoke: (token: string) =>
      as.fetch(
        new Request(`${ISSUER}/revoke`, { method: 'POST', body: new URLSearchParams({ ...BACKEND, token }) }),
      ),
  };
}

describe('a JWT of our own authorization server', () => {
  it.each(['ES256', 'RS256'] as const)('passes with %s, and nobody introspects it', async (signingAlg) => {
    const pair = createPair({ signingAlg });
    expect((await pair.post(INITIALIZE, await pair.token())).status).toBe(200);
    expect(pair.told('jwt.verified')).toMatchObject([
      { alg: signingAlg, client_id: 'backend', scope: 'user' },
    ]);
    expect(pair.requests).toEqual(['/.well-known/oauth-authorization-server', '/jwks']);
  });

  it('passes whenever its key is changed, every second or every minute', async () => {
    for (const rotateKeysEverySeconds of [1, 60]) {
      const pair = createPair({ rotateKeysEverySeconds });
      const kids = new Set<string | undefined>();
      for (let turn = 0; turn < 12; turn += 1) {
        expect((await pair.post(INITIALIZE, await pair.token())).status).toBe(200);
        kids.add(pair.told('jwt.verified').at(-1)?.kid);
        pair.time.now += rotateKeysEverySeconds / 2 < 1 ? 1 : rotateKeysEverySeconds / 2;
      }
      expect(kids.size).toBeGreaterThan(5);
    }
  });

  it('outlives its revocation, and no longer than until it expires', async () => {
    const pair = createPair({ accessTokenSeconds: 60 });
    const token = await pair.token();
    expect((await pair.revoke(token)).status).toBe(200);
    pair.time.now += 60 + 4;
    expect((await pair.post(INITIALIZE, token)).status).toBe(200);
    pair.time.now += 1;
    expect((await pair.post(INITIALIZE, token)).status).toBe(401);
    expect(pair.told('bearer.challenged')).toMatchObject([{ reason: 'token_expired' }]);
  });

  it('is refused when the server was started anew with other keys, as soon as one of these was seen', async () => {
    const pair = createPair();
    const old = await pair.token();
    expect((await pair.post(INITIALIZE, old)).status).toBe(200);
    pair.restart({});
    pair.time.now += 10;
    expect((await pair.post(INITIALIZE, await pair.token())).status).toBe(200);
    expect((await pair.post(INITIALIZE, old)).status).toBe(401);
    expect(pair.told('bearer.challenged')).toMatchObject([{ reason: 'token_key_unknown' }]);
  });
});

describe('in demo mode a token leads to an authorization server whose issuer has changed', () => {
  it('if it is at the same place, and its own metadata says so', async () => {
    const pair = createPair();
    const old = await pair.token();
    expect((await pair.post(INITIALIZE, old)).status).toBe(200);
    pair.restart({ issuer: `${ISSUER}/two`, metadataAtRoot: true });
    expect((await pair.post(INITIALIZE, await pair.token('/two'))).status).toBe(200);
    expect(pair.told('as.issuer_changed')).toMatchObject([{ configured: ISSUER, issuer: `${ISSUER}/two` }]);
    expect((await pair.post(INITIALIZE, old)).status).toBe(401);
    expect(pair.told('bearer.challenged')).toMatchObject([{ reason: 'issuer_mismatch' }]);
  });

  it('and is looked for once a second at most', async () => {
    const pair = createPair();
    const token = await pair.token();
    await pair.post(INITIALIZE, token);
    const [header, , signature] = token.split('.');
    const forged = [1, 2, 3, 4].map((n) => {
      const claims = JSON.stringify({ iss: `${ISSUER}/epoch-${n}`, exp: NOW + 60 });
      return `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
    });
    const before = pair.requests.length;
    for (const one of forged) expect((await pair.post(INITIALIZE, one)).status).toBe(401);
    expect(pair.requests.slice(before)).toEqual(['/.well-known/oauth-authorization-server']);
    expect(new Set(pair.told('bearer.challenged').map(({ reason }) => reason))).toEqual(
      new Set(['issuer_mismatch']),
    );
  });
});
