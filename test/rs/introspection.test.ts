import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/shared/secret.js';
import { activeAnswer, createWorld, GOOD, INITIALIZE, ISSUER } from './support.js';
import { verifies } from '../verifies.js';

/** A promise and the way to settle it. */
function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('introspection', () => {
  verifies(
    ['rs.rfc7662-2.1-post', 'rs.rfc7662-2.1-authenticate'],
    'goes to the endpoint that the metadata names, with form-encoded Basic credentials',
    async () => {
      const { as, post } = createWorld({
        authServers: [{ issuer: ISSUER, introspectionCredentials: { id: 'my rs:1', secret: 'p%+ä' } }],
      });
      await post(INITIALIZE);
      const [call] = as.introspections;
      expect(Buffer.from(call!.authorization!.replace('Basic ', ''), 'base64').toString()).toBe(
        'my+rs%3A1:p%25%2B%C3%A4',
      );
      expect(call!.form).toBe(`token=${GOOD}&token_type_hint=access_token`);
    },
  );

  it('uses the demo credentials in demo mode, and reports its answer', async () => {
    const { as, post, told } = createWorld();
    await post(INITIALIZE);
    expect(as.introspections[0]!.authorization).toBe(`Basic ${btoa('demo-rs:demo-rs-secret')}`);
    expect(told('introspection.answered')).toMatchObject([
      {
        endpoint: `${ISSUER}/introspect`,
        token: fingerprint(GOOD),
        active: true,
        client_id: 'client-a',
        scope: 'user',
        shared_by: 1,
      },
    ]);
  });

  it('reads the metadata once for many requests', async () => {
    const { as, post } = createWorld();
    await Promise.all([post(INITIALIZE), post(INITIALIZE, 'another-token-0123456789')]);
    await post(INITIALIZE);
    expect(as.metadataReads).toBe(1);
  });

  it('is shared by requests with the same token that are under way at once', async () => {
    const { as, post, told } = createWorld();
    const { open, opened } = gate();
    as.introspect = async () => opened.then(() => Response.json(activeAnswer()));
    const requests = [1, 2, 3, 4].map(() => post(INITIALIZE));
    const other = post(INITIALIZE, 'another-token-0123456789');
    await expect.poll(() => as.introspections.length).toBe(2);
    open();
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await other;
    expect(as.introspections.map(({ token }) => token)).toEqual([GOOD, 'another-token-0123456789']);
    expect(told('introspection.answered').map((event) => event.shared_by)).toEqual([4, 1]);
  });

  it('is not remembered, so that a revoked token is refused at once', async () => {
    const { as, post } = createWorld();
    expect((await post(INITIALIZE)).status).toBe(200);
    as.tokens.delete(GOOD);
    expect((await post(INITIALIZE)).status).toBe(401);
    expect(as.introspections).toHaveLength(2);
  });

  it('takes the way out that it is given', async () => {
    const calls: string[] = [];
    const { post } = createWorld(
      {},
      {
        postForm: async (url, { headers, body }) => {
          calls.push(`${url} ${headers['content-type']} ${body}`);
          return { status: 200, body: JSON.stringify(activeAnswer()) };
        },
      },
    );
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(calls).toEqual([
      `${ISSUER}/introspect application/x-www-form-urlencoded token=${GOOD}&token_type_hint=access_token`,
    ]);
  });
});

describe('an authorization server that can not be asked', () => {
  it.each([
    ['http://as.example/introspect', {}, 503],
    ['http://as.example/introspect', { insecureHttp: true }, 200],
    ['http://127.0.0.1:9001/introspect', {}, 200],
  ])('does not lead tokens from this machine to plain http: %s with %j', async (url, options, status) => {
    const { as, post, told } = createWorld(options, {
      fetch: async (input, init) => as.fetch(new Request(input, init)),
    });
    as.metadata = () => Response.json({ issuer: ISSUER, introspection_endpoint: url });
    expect((await post(INITIALIZE)).status).toBe(status);
    expect(as.introspections).toHaveLength(status === 200 ? 1 : 0);
    const refused = told('bearer.challenged').map(({ reason }) => reason);
    expect(refused).toEqual(status === 200 ? [] : ['introspection_endpoint_insecure']);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ['fails', async () => new Response('oops', { status: 500 }), 'introspection_failed'],
    ['moved its endpoint', async () => new Response(null, { status: 404 }), 'introspection_failed'],
    ['answers with a page', async () => new Response('<html>'), 'introspection_malformed'],
    ['answers with other JSON', async () => Response.json({ active: 'yes' }), 'introspection_malformed'],
    [
      'breaks the connection',
      async () => Promise.reject(new TypeError('fetch failed')),
      'introspection_unreachable',
    ],
    ['never answers', async () => new Promise(() => {}), 'introspection_unreachable'],
    [
      'answers without end',
      async () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(4096)) })),
      'introspection_unreachable',
    ],
  ])('because it %s gives 503 and no access', async (_what, introspect, reason) => {
    const { as, post, told } = createWorld({ introspectionTimeoutMs: 60 });
    as.introspect = introspect;
    const response = await post(INITIALIZE);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect(told('bearer.challenged')).toMatchObject([{ status: 503, reason }]);
    expect(told('as.unreachable')).toHaveLength(1);
  });

  it('because it refuses our credentials gives 503, and the log names the flag', async () => {
    const { as, post, told } = createWorld();
    as.introspect = async () => Response.json({ error: 'invalid_client' }, { status: 401 });
    expect((await post(INITIALIZE)).status).toBe(503);
    const [event] = told('bearer.challenged');
    expect(event).toMatchObject({ reason: 'introspection_credentials_refused', level: 'error' });
    expect(event!.detail).toContain('--introspection-credentials');
    expect(told('as.unreachable')).toEqual([]);
  });

  it('is not waited for, and not complained of, when this server stops while it looks', async () => {
    let signal: AbortSignal | null | undefined;
    const silent = (_: unknown, init?: RequestInit) => new Promise<Response>(() => (signal = init?.signal));
    const { rs, told } = createWorld({}, { fetch: silent });
    const ready = rs.ready();
    await rs.close();
    expect(await ready).toBe(false);
    expect(signal?.aborted).toBe(true);
    expect(told('as.unreachable')).toEqual([]);
  });

  it('is found when it comes up after this server', async () => {
    const { as, post, time, told, rs } = createWorld();
    as.up = false;
    expect(await rs.ready()).toBe(false);
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(told('as.unreachable')).toMatchObject([{ issuer: ISSUER, level: 'warning' }]);
    as.up = true;
    time.milliseconds += 1000;
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('as.found')).toMatchObject([
      { issuer: ISSUER, introspection_endpoint: `${ISSUER}/introspect` },
    ]);
  });

  it('is not looked for again within a second, and one look serves all who wait', async () => {
    const { as, post, time } = createWorld();
    as.metadata = () => new Response(null, { status: 503 });
    await Promise.all([post(INITIALIZE), post(INITIALIZE, 'another-token-0123456789')]);
    time.milliseconds += 999;
    await post(INITIALIZE);
    expect(as.metadataReads).toBe(1);
    time.milliseconds += 1;
    await post(INITIALIZE);
    expect(as.metadataReads).toBe(2);
  });

  it('is reported once an outage, and once when it is back', async () => {
    const { as, post, time, told } = createWorld();
    expect((await post(INITIALIZE)).status).toBe(200);
    as.up = false;
    for (const _ of [1, 2, 3]) {
      expect((await post(INITIALIZE)).status).toBe(503);
      time.milliseconds += 1000;
    }
    expect(told('as.unreachable')).toHaveLength(1);
    as.up = true;
    expect((await post(INITIALIZE)).status).toBe(200);
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('as.found')).toHaveLength(2);
    // Where it is was read anew, as it may have moved while nobody answered.
    expect(as.metadataReads).toBe(2);
  });

  it('is followed at once when it has moved its introspection endpoint', async () => {
    const { as, post, told } = createWorld();
    expect((await post(INITIALIZE)).status).toBe(200);
    const answers = as.fetch;
    as.metadata = () => Response.json({ issuer: ISSUER, introspection_endpoint: `${ISSUER}/v2/introspect` });
    as.fetch = async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/introspect') return new Response(null, { status: 404 });
      return pathname === '/v2/introspect' ? Response.json(activeAnswer()) : answers(request);
    };
    expect((await post(INITIALIZE)).status).toBe(200);
    expect(told('as.unreachable')).toEqual([]);
  });

  it('stays reported as gone while only its metadata works', async () => {
    const { as, post, told } = createWorld();
    as.introspect = async () => new Response(null, { status: 500 });
    await post(INITIALIZE);
    await post(INITIALIZE);
    expect(told('as.unreachable')).toHaveLength(1);
    expect(told('as.found')).toHaveLength(1);
    as.introspect = async () => Response.json(activeAnswer());
    await post(INITIALIZE);
    expect(told('as.found')).toHaveLength(2);
  });
});

describe('the metadata of the authorization server', () => {
  verifies.each([
    ['is of another issuer', { issuer: 'http://localhost:9001' }, 'as_issuer_mismatch', /--auth-server/],
    ['is of another path', { issuer: `${ISSUER}/tenant` }, 'as_issuer_mismatch', /--auth-server/],
    [
      'names no introspection endpoint',
      { issuer: ISSUER, introspection_endpoint: undefined },
      'introspection_endpoint_missing',
      /--verify=jwt .*--introspection-endpoint/,
    ],
    ['is no metadata', { issuer: 7 }, 'as_metadata_not_found', /something else than metadata/],
  ])(['rs.rfc8414-3.3-issuer'], 'is not used if it %s', async (_what, changes, reason, detail) => {
    const { as, post, told } = createWorld();
    as.metadata = () => Response.json({ introspection_endpoint: `${ISSUER}/introspect`, ...changes });
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(as.introspections).toEqual([]);
    expect(told('bearer.challenged')).toMatchObject([{ reason, detail: expect.stringMatching(detail) }]);
  });

  verifies.each([
    ['http://as.example/introspect', 503, 0],
    ['https://as.example/introspect', 200, 1],
  ])(
    ['rs.rfc7662-4-tls'],
    'does not lead tokens from https to plain http: %s',
    async (introspection_endpoint, status, asked) => {
      const issuer = 'https://as.example';
      const { as, post, told } = createWorld(
        { authServers: [{ issuer }] },
        { fetch: async (input, init) => as.fetch(new Request(input, init)) },
      );
      as.metadata = () => Response.json({ issuer, introspection_endpoint });
      as.tokens.set(GOOD, activeAnswer({ iss: issuer }));
      expect((await post(INITIALIZE)).status).toBe(status);
      expect(as.introspections).toHaveLength(asked);
      const refused = told('bearer.challenged').map(({ reason }) => reason);
      expect(refused).toEqual(asked === 0 ? ['introspection_endpoint_insecure'] : []);
    },
  );

  it('is said to be missing with what was found at each place', async () => {
    const { as, post, told } = createWorld();
    as.metadata = () => new Response('<html>');
    await post(INITIALIZE);
    const { detail } = told('as.unreachable')[0]!;
    expect(detail).toContain(
      '/.well-known/oauth-authorization-server answered with something else than metadata',
    );
    expect(detail).toContain('/.well-known/openid-configuration answered 404');
  });

  it('is said to be out of reach for its certificate, with how to trust it', async () => {
    const cause = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const { post, told } = createWorld(
      {},
      { fetch: () => Promise.reject(new TypeError('fetch failed', { cause })) },
    );
    expect((await post(INITIALIZE)).status).toBe(503);
    expect(told('as.unreachable')[0]!.detail).toMatch(
      /its certificate is signed by nobody .*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/,
    );
  });

  it('may write the issuer with a trailing slash, and that spelling is what tokens must have', async () => {
    const { as, post } = createWorld();
    as.issuer = `${ISSUER}/`;
    as.tokens.set(GOOD, activeAnswer({ iss: `${ISSUER}/` }));
    expect((await post(INITIALIZE)).status).toBe(200);
    as.tokens.set(GOOD, activeAnswer({ iss: ISSUER }));
    expect((await post(INITIALIZE)).status).toBe(401);
  });

  it('is found at the OpenID Connect location too', async () => {
    const { as, post } = createWorld({ authServers: [{ issuer: `${ISSUER}/realms/demo` }] }, {});
    const fetchOf = as.fetch;
    as.tokens.set(GOOD, activeAnswer({ iss: `${ISSUER}/realms/demo` }));
    as.fetch = async (request) =>
      new URL(request.url).pathname === '/realms/demo/.well-known/openid-configuration'
        ? Response.json({ issuer: `${ISSUER}/realms/demo`, introspection_endpoint: `${ISSUER}/introspect` })
        : fetchOf(request);
    expect((await post(INITIALIZE)).status).toBe(200);
  });
});
