import { describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import {
  activeAnswer,
  createFakeAuthorizationServer,
  createWorld,
  GOOD,
  INITIALIZE,
  ISSUER,
  RESOURCE,
} from './support.js';
import { verifies } from '../verifies.js';

const INSIDE = 'http://localhost:9999';
const ENDPOINT = `${INSIDE}/introspect`;
const SLASHED = `${ISSUER}/`;

/** An authorization server whose introspection endpoint is at another host, as inside a network. */
function createWorldWithEndpoint(issuer = ISSUER) {
  const inside = createFakeAuthorizationServer(INSIDE);
  inside.tokens.set(GOOD, activeAnswer({ iss: issuer }));
  const front = createFakeAuthorizationServer(ISSUER);
  const world = createWorld(
    { authServers: [{ issuer, introspectionEndpoint: ENDPOINT }] },
    { fetch: networkOf({ [ISSUER]: front, [INSIDE]: inside }) },
  );
  const metadata = new Request(new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE));
  return {
    ...world,
    inside,
    front,
    issuersNow: async () =>
      ((await (await world.rs.fetch(metadata)).json()) as Record<string, unknown>)['authorization_servers'],
  };
}

describe('an introspection endpoint that was configured', () => {
  it('is asked instead of the one in the metadata', async () => {
    const { inside, front, post, told } = createWorldWithEndpoint();
    expect((await post(INITIALIZE)).status).toBe(200);
    expect([inside.introspections.length, front.introspections.length]).toEqual([1, 0]);
    expect(told('as.found')).toMatchObject([{ issuer: ISSUER, introspection_endpoint: ENDPOINT }]);
  });

  it('leaves the spelling of the issuer to the metadata', async () => {
    const { inside, front, post, issuersNow } = createWorldWithEndpoint();
    front.issuer = SLASHED;
    inside.tokens.set(GOOD, activeAnswer({ iss: SLASHED }));
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(await issuersNow()).toEqual([SLASHED]);
  });

  it.each([
    ['there is none', () => new Response(null, { status: 404 })],
    ['they name no endpoint', () => Response.json({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` })],
    ['they are no metadata', () => new Response('<html>')],
  ])('works where metadata are no help: %s', async (_what, metadata) => {
    const { front, post, told } = createWorldWithEndpoint();
    front.metadata = metadata;
    expect((await post(INITIALIZE)).status).toBe(200);
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('as.unreachable')).toEqual([]);
    expect(told('as.found')).toHaveLength(1);
  });

  it('makes the spelling that was configured the one that counts, where there is no metadata', async () => {
    const { inside, front, post, issuersNow } = createWorldWithEndpoint(SLASHED);
    front.metadata = () => new Response(null, { status: 404 });
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(await issuersNow()).toEqual([SLASHED]);
    inside.tokens.set(GOOD, activeAnswer({ iss: ISSUER }));
    expect((await post(INITIALIZE)).status).toBe(401);
  });

  it('works while nobody answers at the issuer, which is looked for again in the background', async () => {
    const { inside, front, post, time, told, rs } = createWorldWithEndpoint();
    front.up = false;
    expect(await rs.ready()).toBe(true);
    expect((await post(INITIALIZE)).status).toBe(200);
    front.up = true;
    front.issuer = SLASHED;
    inside.tokens.set(GOOD, activeAnswer({ iss: SLASHED }));
    time.milliseconds += 59_999;
    expect((await post(INITIALIZE)).status).toBe(401);
    expect(front.metadataReads).toBe(0);
    time.milliseconds += 1;
    await post(INITIALIZE);
    await expect.poll(async () => (await post(INITIALIZE)).status).toBe(200);
    expect(front.metadataReads).toBe(1);
    expect(told('as.unreachable')).toEqual([]);
  });

  it('is no reason to trust metadata of another issuer', async () => {
    const { inside, front, post, told } = createWorldWithEndpoint();
    front.issuer = 'http://localhost:9001';
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(inside.introspections).toEqual([]);
    expect(told('bearer.challenged')).toMatchObject([{ reason: 'as_issuer_mismatch' }]);
  });

  it('is tried again after an outage without a look at the metadata', async () => {
    const { inside, front, post, told } = createWorldWithEndpoint();
    await post(INITIALIZE);
    inside.up = false;
    expect((await post(INITIALIZE)).status).toBe(503);
    inside.up = true;
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(front.metadataReads).toBe(1);
    expect([told('as.unreachable').length, told('as.found').length]).toEqual([1, 2]);
  });
});

describe('the options of introspection', () => {
  const minimal = { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true };

  it.each([
    ['introspectionEndpoint', { authServers: [{ issuer: ISSUER, introspectionEndpoint: 'nonsense' }] }],
    [
      'introspectionEndpoint',
      { authServers: [{ issuer: ISSUER, introspectionEndpoint: 'http://as.example/introspect' }] },
    ],
    [
      'introspectionEndpoint',
      { authServers: [{ issuer: ISSUER, introspectionEndpoint: `http://a:b@localhost:9000/introspect` }] },
    ],
    ['introspectionCacheSeconds', { introspectionCacheSeconds: -1 }],
    ['introspectionCacheSeconds', { introspectionCacheSeconds: 3601 }],
    ['introspectionCacheSeconds', { verify: 'jwt' as const, introspectionCacheSeconds: 1 }],
    [
      'introspectionEndpoint',
      {
        verify: 'jwt' as const,
        authServers: [{ issuer: ISSUER, introspectionEndpoint: `${ISSUER}/introspect` }],
      },
    ],
    [
      'introspectionAuth',
      {
        verify: 'jwt' as const,
        authServers: [{ issuer: ISSUER, introspectionAuth: 'client_secret_post' as const }],
      },
    ],
  ])('%s is checked: %j', (option, change) => {
    expect(() => createResourceServer({ ...minimal, ...change })).toThrow(
      expect.objectContaining({ option }),
    );
  });

  it('let an endpoint be plain http in the network where that is allowed', () => {
    const authServers = [
      { issuer: 'https://as.example', introspectionEndpoint: 'http://as.internal/introspect' },
    ];
    expect(() => createResourceServer({ ...minimal, authServers, insecureHttp: true })).not.toThrow();
  });
});

describe('credentials in the form', () => {
  const withPost = (id = 'my rs:1', secret = 'p%+ä') => ({
    authServers: [
      {
        issuer: ISSUER,
        introspectionCredentials: { id, secret },
        introspectionAuth: 'client_secret_post' as const,
      },
    ],
  });

  verifies(
    ['rs.rfc7662-2.1-post', 'rs.rfc7662-2.1-authenticate'],
    'are in the form, and nowhere else',
    async () => {
      const { as, post } = createWorld(withPost());
      expect((await post(INITIALIZE)).status).toBe(200);
      const [call] = as.introspections;
      expect(call!.authorization).toBeNull();
      expect(Object.fromEntries(new URLSearchParams(call!.form))).toEqual({
        token: GOOD,
        token_type_hint: 'access_token',
        client_id: 'my rs:1',
        client_secret: 'p%+ä',
      });
    },
  );

  it.each([
    ['client_secret_post', ['client_secret_basic', 'private_key_jwt'], 1],
    ['client_secret_post', ['client_secret_basic', 'client_secret_post'], 0],
    ['client_secret_basic', ['client_secret_post'], 1],
    ['client_secret_basic', undefined, 0],
  ] as const)(
    'or in the header, are warned of once if the metadata do not list them: %s among %j',
    async (introspectionAuth, supported, warnings) => {
      const { as, post, told, rs } = createWorld({ authServers: [{ issuer: ISSUER, introspectionAuth }] });
      as.metadata = () =>
        Response.json({
          issuer: ISSUER,
          introspection_endpoint: `${ISSUER}/introspect`,
          introspection_endpoint_auth_methods_supported: supported,
        });
      await rs.ready();
      const warned = told('introspection.auth_not_listed');
      expect(warned).toHaveLength(warnings);
      if (warnings > 0)
        expect(warned).toMatchObject([{ auth_method: introspectionAuth, supported, level: 'warning' }]);
      expect((await post(INITIALIZE)).status).toBe(200);
    },
  );
});

describe('an introspection that several requests wait for', () => {
  it('fails for all of them, with one question', async () => {
    const { as, post } = createWorld();
    await post(INITIALIZE);
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    as.introspect = async () => opened.then(() => new Response(null, { status: 500 }));
    const requests = [1, 2, 3].map(() => post(INITIALIZE));
    await expect.poll(() => as.introspections.length).toBe(2);
    open();
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([503, 503, 503]);
    as.introspect = async () => Response.json(activeAnswer());
    expect((await post(INITIALIZE)).status).toBe(200);
  });

  it('goes on for the others when one of them goes away', async () => {
    const { as, rs } = createWorld();
    let open = () => {};
    const opened = new Promise<void>((resolve) => (open = resolve));
    as.introspect = async () => opened.then(() => Response.json(activeAnswer()));
    const leaving = new AbortController();
    const request = (signal?: AbortSignal) =>
      rs.fetch(
        new Request(RESOURCE, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${GOOD}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
          },
          body: JSON.stringify(INITIALIZE),
          ...(signal && { signal }),
        }),
      );
    const first = request(leaving.signal).catch(() => undefined);
    await expect.poll(() => as.introspections.length).toBe(1);
    const second = request();
    leaving.abort();
    open();
    expect((await second).status).toBe(200);
    expect(as.introspections).toHaveLength(1);
    await first;
  });
});
