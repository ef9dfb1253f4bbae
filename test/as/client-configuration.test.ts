import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/as/index.js';
import { parseChallenges } from '../../src/shared/oauth/www-authenticate.js';
import { verifies } from '../verifies.js';
import { interrupted, watched } from './stores.js';
import { type Answer, basic, CALLBACK, codeIn, createWorld, ISSUER, type World } from './support.js';

const OTHER_CALLBACK = 'http://127.0.0.1:33418/other';

type Method = 'GET' | 'PUT' | 'DELETE';
type Body = Readonly<Record<string, unknown>>;

/** A client that has registered itself, and what it can do with its registration. */
async function createClient(world: World, metadata: Body = {}) {
  const { body } = await world.register(metadata);
  const { client_id, registration_client_uri, registration_access_token } = body;
  const manage = async (method: Method, sent?: Body, token = registration_access_token) => {
    const response = await world.fetch(registration_client_uri!, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(sent && { body: JSON.stringify(sent) }),
    });
    const text = await response.text();
    const answer: Answer['body'] = text === '' ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: answer };
  };
  return {
    id: client_id!,
    registered: body,
    read: () => manage('GET'),
    /** with `client_id`, as it must be */
    update: (sent: Body) => manage('PUT', { client_id, redirect_uris: [CALLBACK], ...sent }),
    remove: () => manage('DELETE'),
    manage,
  };
}

const refresh = (world: World, client_id: string, refresh_token: string | undefined) =>
  world.token({ grant_type: 'refresh_token', client_id, refresh_token });

describe('a registration', () => {
  verifies(
    ['rfc7592-3-uri', 'rfc7592-3-token', 'rfc7592-5-entropy'],
    'is answered with the place and the token by which the client can look after it',
    async () => {
      const world = createWorld();
      const { id, registered } = await createClient(world);
      expect(registered['registration_client_uri']).toBe(`${ISSUER}/register/${id}`);
      expect(registered['registration_access_token']).toMatch(/^[\w-]{43}$/);
      const other = await createClient(world);
      expect(other.registered['registration_access_token']).not.toBe(registered['registration_access_token']);
    },
  );

  it('lies below an issuer with a path', async () => {
    const world = createWorld({ issuer: 'http://localhost:9000/t/one' });
    const client = await createClient(world);
    expect(client.registered['registration_client_uri']).toBe(
      `http://localhost:9000/t/one/register/${client.id}`,
    );
    expect((await client.read()).status).toBe(200);
  });

  it('cannot be looked after where clients cannot register', async () => {
    const { fetch } = createWorld({ registration: ['preset'] });
    const headers = { authorization: 'Bearer x' };
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await fetch(`${ISSUER}/register/demo-preset`, { method, headers })).status).toBe(404);
  });
});

describe('GET of a registration', () => {
  verifies(
    ['rfc6750-2.1-header', 'rfc7592-2.1-same-id', 'rfc7592-3-all-metadata'],
    'answers what the registration answered',
    async () => {
      const world = createWorld();
      const client = await createClient(world, { client_name: 'A client', scope: 'user' });
      world.clock.advance(1000);
      const { status, headers, body } = await client.read();
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('application/json');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(body).toEqual(client.registered);
      expect(world.event('client.read')).toMatchObject({ client_id: client.id });
    },
  );

  verifies(['rfc7592-5-token-lasts'], 'works for as long as the client is registered', async () => {
    const world = createWorld();
    const client = await createClient(world);
    await world.flow({ client_id: client.id });
    world.clock.advance(10 * 365 * 24 * 3600);
    expect((await client.read()).body).toEqual(client.registered);
  });

  verifies(['rfc7592-2-tls'], 'is at an https URL where the issuer is one', async () => {
    const issuer = 'https://as.example';
    const users = [{ username: 'a', password: 'b' }];
    const client = await createClient(createWorld({ issuer, demoMode: false, users }));
    expect(client.registered['registration_client_uri']).toBe(`${issuer}/register/${client.id}`);
    expect((await client.read()).status).toBe(200);
  });

  it('leaves the secret out, of which only a hash is kept', async () => {
    const client = await createClient(createWorld(), { token_endpoint_auth_method: 'client_secret_basic' });
    const { client_secret, client_secret_expires_at, ...rest } = client.registered;
    expect({ secret: typeof client_secret, client_secret_expires_at }).toEqual({
      secret: 'string',
      client_secret_expires_at: 0,
    });
    expect((await client.read()).body).toEqual(rest);
  });
});

describe('PUT of a registration', () => {
  verifies(
    ['rfc7592-2.2-replace', 'rfc7592-2.2-omitted', 'rfc7592-2.2-same-id'],
    'replaces all of it: what is left out or null is deleted',
    async () => {
      const world = createWorld();
      const client = await createClient(world, {
        client_name: 'Old',
        client_uri: 'https://a.example/',
        contacts: ['a@a.example'],
        grant_types: ['authorization_code', 'refresh_token'],
      });
      const { status, headers, body } = await client.update({
        redirect_uris: [OTHER_CALLBACK],
        token_endpoint_auth_method: 'none',
        client_name: 'New',
        client_uri: null,
      });
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      const { client_id, client_id_issued_at, registration_access_token, registration_client_uri } =
        client.registered;
      expect(body).toEqual({
        client_id,
        client_id_issued_at,
        registration_access_token,
        registration_client_uri,
        client_name: 'New',
        redirect_uris: [OTHER_CALLBACK],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
      });
      expect((await client.read()).body).toEqual(body);
      expect(world.event('client.updated')).toMatchObject({ client_id, client_name: 'New' });
    },
  );

  it('takes back what the registration answered, but for what only the server says', async () => {
    const world = createWorld({ grants: ['authorization_code', 'client_credentials'] });
    const client = await createClient(world, {
      redirect_uris: undefined,
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const {
      registration_access_token: _token,
      registration_client_uri: _uri,
      client_secret_expires_at: _expiry,
      client_id_issued_at: _issued,
      ...sent
    } = client.registered;
    const { status, body } = await client.update({ ...sent, client_name: 'With a name' });
    expect(status).toBe(200);
    expect(body).toEqual({ ...client.registered, client_name: 'With a name' });
  });

  verifies(
    ['rfc7592-2.2-replaced-values'],
    'leaves out what is not served, as a registration does',
    async () => {
      const world = createWorld();
      const client = await createClient(world);
      const { body } = await client.update({
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'implicit'],
      });
      expect(body['grant_types']).toEqual(['authorization_code']);
      expect(world.event('client.updated')?.dropped).toEqual(['implicit']);
    },
  );

  verifies.each([
    ['invalid_request', 'client_id_missing', { client_id: undefined }],
    ['invalid_request', 'client_id_missing', { client_id: null }],
    ['invalid_request', 'client_id_mismatch', { client_id: 'demo-preset' }],
    ['invalid_request', 'client_metadata_invalid', { client_id: ['x'] }],
    ['invalid_request', 'client_secret_wrong', { client_secret: 'my-own-choice' }],
    ['invalid_request', 'registration_member_not_allowed', { registration_access_token: 'x' }],
    ['invalid_request', 'registration_member_not_allowed', { registration_client_uri: 'https://x.example/' }],
    ['invalid_request', 'registration_member_not_allowed', { client_secret_expires_at: 1 }],
    ['invalid_request', 'registration_member_not_allowed', { client_id_issued_at: 1 }],
    ['invalid_redirect_uri', 'redirect_uris_missing', { redirect_uris: undefined }],
    ['invalid_redirect_uri', 'redirect_uri_invalid', { redirect_uris: ['https://a.example/#x'] }],
    ['invalid_client_metadata', 'client_metadata_invalid', { client_name: 7 }],
    ['invalid_client_metadata', 'auth_method_not_supported', { token_endpoint_auth_method: 'magic' }],
  ])(
    ['rfc7592-2.2-client-id', 'rfc7592-2.2-secret', 'rfc7592-2.2-chosen-secret'],
    'answers %s (%s) to %j, and changes nothing',
    async (error, reason, sent) => {
      const world = createWorld();
      const client = await createClient(world);
      const { status, body } = await client.update({ token_endpoint_auth_method: 'none', ...sent });
      expect({ status, error: body['error'] }).toEqual({ status: 400, error });
      expect(world.event('request.refused')).toMatchObject({ reason });
      expect((await client.read()).body).toEqual(client.registered);
      expect(world.event('client.updated')).toBeUndefined();
    },
  );

  it('takes a JSON object only', async () => {
    const world = createWorld();
    const { registered } = await createClient(world);
    const put = async (type: string, body: string) => {
      const headers = {
        authorization: `Bearer ${registered['registration_access_token']}`,
        'content-type': type,
      };
      return (await world.fetch(registered['registration_client_uri']!, { method: 'PUT', headers, body }))
        .status;
    };
    expect(await put('application/x-www-form-urlencoded', 'client_id=x')).toBe(415);
    expect(await put('application/json', '[]')).toBe(400);
    expect(await put('application/json', JSON.stringify({ client_name: 'x'.repeat(70_000) }))).toBe(413);
  });

  it('gives a client a secret that is to have one from now on, and takes it away from one that is not', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const confidential = { token_endpoint_auth_method: 'client_secret_basic' };
    const { client_secret, client_secret_expires_at } = (await client.update(confidential)).body;
    expect({ client_secret, client_secret_expires_at }).toEqual({
      client_secret: expect.stringMatching(/^[\w-]{43}$/),
      client_secret_expires_at: 0,
    });
    const redeem = async (headers: Record<string, string>) => {
      const code = codeIn(await world.signIn({ client_id: client.id }));
      return (await world.token({ client_id: client.id, code }, headers)).status;
    };
    const authorization = basic(client.id, client_secret!);
    expect(await redeem({})).toBe(401);
    expect(await redeem({ authorization })).toBe(200);

    // It stays the same, and is answered only where it was sent.
    expect((await client.update(confidential)).body).not.toHaveProperty('client_secret');
    expect((await client.update({ ...confidential, client_secret })).body).toMatchObject({ client_secret });
    expect(await redeem({ authorization })).toBe(200);

    const open = await client.update({ token_endpoint_auth_method: 'none', client_secret });
    expect(open.body).not.toHaveProperty('client_secret');
    expect(await redeem({ authorization })).toBe(401);
    expect(await redeem({})).toBe(200);
  });

  it('counts from the next request on: redirect URIs, grant types', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const { refresh_token, access_token } = await world.flow({ client_id: client.id });
    await client.update({ token_endpoint_auth_method: 'none', redirect_uris: [OTHER_CALLBACK] });
    const visit = (redirect_uri: string) =>
      world.browser.visit(world.authorizeUrl({ client_id: client.id, redirect_uri }));
    expect((await visit(CALLBACK)).status).toBe(400);
    expect((await visit(OTHER_CALLBACK)).status).toBe(200);
    expect((await refresh(world, client.id, refresh_token)).body).toMatchObject({
      error: 'unauthorized_client',
    });
    // What the user has allowed stays allowed.
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });

  it('sends nobody to a redirect URI that was given up while a page waited', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const request = world.authorizeUrl({ client_id: client.id, prompt: 'login' });
    const login = await world.browser.visit(request);
    const consent = await world.browser.submit(await world.browser.visit(request));
    await client.update({ token_endpoint_auth_method: 'none', redirect_uris: [OTHER_CALLBACK] });
    for (const page of [consent, login]) {
      const { status, left } = await world.browser.submit(page);
      expect({ status, left }).toEqual({ status: 400, left: undefined });
    }
  });

  it('makes the user be asked again, who has consented to what the client was before', async () => {
    const world = createWorld();
    const redirect_uris = ['https://app.example/cb', 'https://app.example/new'];
    const [redirect_uri] = redirect_uris;
    const client = await createClient(world, { redirect_uris: [redirect_uri] });
    const request = { client_id: client.id, redirect_uri };
    const isAsked = async () => (await world.browser.visit(world.authorizeUrl(request))).left === undefined;
    await world.flow(request);
    expect(await isAsked()).toBe(false);
    world.clock.advance(1);
    await client.update({ token_endpoint_auth_method: 'none', redirect_uris });
    expect(await isAsked()).toBe(true);
  });
});

describe('DELETE of a registration', () => {
  verifies(
    [
      'rfc7592-2.1-revoke',
      'rfc7592-2.2-revoke',
      'rfc7592-2.3-no-content',
      'rfc7592-2.3-revoke',
      'rfc7592-5-deprovisioned',
      'rfc7592-5-unauthorized',
    ],
    'answers 204, and the client is not known any more, wherever it comes',
    async () => {
      const world = createWorld();
      const client = await createClient(world);
      const { refresh_token } = await world.flow({ client_id: client.id });
      const { status, headers, body } = await client.remove();
      expect({ status, body }).toEqual({ status: 204, body: {} });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(await client.read()).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      expect(await client.update({})).toMatchObject({ status: 401 });
      expect(await client.remove()).toMatchObject({ status: 401 });
      expect(await refresh(world, client.id, refresh_token)).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      });
      const evidence = await world.fetch(`${ISSUER}/client-evidence?client_id=${client.id}`);
      expect(evidence.status).toBe(404);
    },
  );

  it('is not undone by adoption: the id stays refused, and the page says why', async () => {
    const world = createWorld({ unknownClients: 'adopt' });
    const client = await createClient(world);
    await client.remove();
    const { status, html } = await world.browser.visit(world.authorizeUrl({ client_id: client.id }));
    expect(status).toBe(400);
    expect(html).toContain('has deleted its registration');
    expect(world.event('authorization.refused')).toMatchObject({ reason: 'client_deleted' });
    expect(world.event('client.adopted')).toBeUndefined();
  });

  it('leaves no token alive of a client that is gone, also where the store goes away in the middle', async () => {
    const { createStore, store } = watched();
    let isAway = false;
    let goesAwayAfter: string | undefined;
    const asked = () => {
      if (isAway) throw new StoreUnavailableError('away');
    };
    const world = createWorld({}, (clock) => {
      const real = createStore(clock);
      return {
        ...real,
        take: async (kind, id) => {
          asked();
          const taken = await real.take(kind, id);
          isAway = kind === goesAwayAfter;
          return taken;
        },
        list: async (kind, index) => (asked(), real.list(kind, index)),
      };
    });
    const client = await createClient(world);
    const { access_token } = await world.flow({ client_id: client.id });
    goesAwayAfter = 'client';
    expect(await client.remove()).toMatchObject({ status: 503 });
    isAway = false;
    expect(await client.read()).toMatchObject({ status: 401 });
    expect(await world.introspect(access_token)).toEqual({ active: false });
    expect(await store().list('grant', { client_id: client.id })).toEqual([]);
  });

  it('leaves nothing of the client in the store but that it was deleted', async () => {
    const { createStore, store } = watched();
    const world = createWorld({}, createStore);
    const client = await createClient(world);
    await world.flow({ client_id: client.id });
    expect(await store().get('client_usage', client.id)).toMatchObject({ flows: 1 });
    await client.remove();
    for (const kind of ['client', 'unused_client', 'client_usage'] as const)
      expect(await store().get(kind, client.id)).toBeUndefined();
    expect(await store().get('deleted_client', client.id)).toBeDefined();
  });

  verifies(['rfc7592-2.3-grants'], "ends the client's grants, and nobody else's", async () => {
    const world = createWorld();
    const client = await createClient(world);
    const tokens = [await world.flow({ client_id: client.id }), await world.flow({ client_id: client.id })];
    const others = await world.flow();
    await client.remove();
    for (const { access_token } of tokens)
      expect(await world.introspect(access_token)).toEqual({ active: false });
    expect(await world.introspect(others['access_token'])).toMatchObject({ active: true });
    expect(world.event('client.deleted')).toMatchObject({ client_id: client.id, grants: 2 });
  });

  verifies(['rfc7592-2.3-grants'], 'ends what is under way: pages that wait, and codes', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const request = world.authorizeUrl({ client_id: client.id });
    const login = await world.browser.visit(request);
    const consent = await world.browser.submit(await world.browser.visit(request));
    const code = codeIn(await world.signIn({ client_id: client.id }));
    await client.remove();
    expect(await world.browser.submit(login)).toMatchObject({ status: 400, left: undefined });
    expect(await world.browser.submit(consent)).toMatchObject({ status: 400, left: undefined });
    expect(await world.token({ client_id: client.id, code })).toMatchObject({ status: 401 });
  });
});

describe('somebody without the right token', () => {
  const request = (world: World, id: string, method: string, authorization?: string) =>
    world.fetch(`${ISSUER}/register/${id}`, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      ...(method === 'PUT' && {
        body: JSON.stringify({ client_id: id, redirect_uris: [OTHER_CALLBACK] }),
      }),
    });

  verifies.each(['GET', 'PUT', 'DELETE'])(
    [
      'rfc6750-3-challenge',
      'rfc6750-3-scheme',
      'rfc6750-3-error',
      'rfc6750-3.1-invalid-token',
      'rfc7592-2.1-invalid-token',
      'rfc7592-2.1-unknown-client',
      'rfc7592-2.2-invalid-token',
      'rfc7592-2.2-unknown-client',
      'rfc7592-2.3-invalid-token',
      'rfc7592-2.3-unknown-client',
    ],
    'is answered 401 to %s, whoever the client is',
    async (method) => {
      const world = createWorld();
      const client = await createClient(world);
      const other = await createClient(world);
      const gone = await createClient(world);
      await gone.remove();
      await world.flow({ client_id: 'adopted-one' });
      const answers = await Promise.all(
        [client.id, gone.id, 'demo-preset', 'adopted-one', 'never-seen', '%20', '__proto__'].map(
          async (id) => {
            const token = id === gone.id ? gone : other;
            const response = await request(
              world,
              id,
              method,
              `Bearer ${token.registered['registration_access_token']}`,
            );
            const challenge = response.headers.get('www-authenticate');
            return { status: response.status, challenge, body: await response.text() };
          },
        ),
      );
      // The same answer to all, so that nobody learns which ids there are.
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      const [{ status, challenge }] = answers as [(typeof answers)[number]];
      expect(status).toBe(401);
      expect(parseChallenges(challenge ?? '')).toMatchObject([
        { scheme: 'bearer', parameters: { error: 'invalid_token' } },
      ]);
      expect((await client.read()).body).toEqual(client.registered);
    },
  );

  verifies.each([
    [401, 'registration_token_missing', undefined],
    [401, 'registration_token_missing', basic('a', 'b')],
    [401, 'registration_token_wrong', 'Bearer x'],
    [400, 'authorization_malformed', 'Bearer a b'],
  ])(
    ['rfc6750-3-challenge', 'rfc6750-3-scheme', 'rfc6750-3.1-invalid-request', 'rfc6750-3.1-no-details'],
    'is answered %d (%s) with the header %s',
    async (status, reason, authorization) => {
      const world = createWorld();
      const { id } = await createClient(world);
      const response = await request(world, id, 'DELETE', authorization);
      expect(response.status).toBe(status);
      expect(world.event('request.refused')).toMatchObject({ reason });
      const [challenge] = parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
      if (reason === 'registration_token_missing')
        expect(challenge).toEqual({ scheme: 'bearer', parameters: { realm: expect.any(String) } });
      else expect(challenge).toMatchObject({ scheme: 'bearer', parameters: { error: expect.any(String) } });
      expect(world.event('client.deleted')).toBeUndefined();
    },
  );

  verifies.each([['Bearer "x"'], ['Bearer \\x'], ['Bearer a b'], ['Bearer é'], ['Bearer x'], ['bearer =']])(
    ['rfc6750-3-once', 'rfc6750-3-characters'],
    'is told by a challenge that says each thing once, in letters that a header can have, for %s',
    async (authorization) => {
      const world = createWorld();
      const { id } = await createClient(world);
      const header = (await request(world, id, 'GET', authorization)).headers.get('www-authenticate') ?? '';
      // undefined if a parameter stands there twice
      const [challenge] = parseChallenges(header) ?? [];
      expect(challenge?.parameters).toHaveProperty('error');
      for (const name of ['error', 'error_description'])
        expect(challenge?.parameters[name] ?? 'absent').toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
    },
  );

  it('is refused before the body of an update is looked at', async () => {
    const world = createWorld();
    const { id } = await createClient(world);
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const { status } = await world.fetch(`${ISSUER}/register/${id}`, { method: 'PUT', headers, body: '{' });
    expect(status).toBe(401);
  });

  verifies(
    ['rfc7592-2.1-invalid-token'],
    'cannot use an access token, nor the token of the registration at the token endpoints',
    async () => {
      const world = createWorld();
      const client = await createClient(world);
      const { access_token } = await world.flow({ client_id: client.id });
      expect((await client.manage('GET', undefined, access_token)).status).toBe(401);
      const token = client.registered['registration_access_token'];
      expect(await world.introspect(token)).toEqual({ active: false });
      expect((await refresh(world, client.id, token)).status).toBe(400);
    },
  );
});

describe('at the same time', () => {
  it('two updates leave one of the two, whole', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const answers = await Promise.all(
      ['One', 'Two', 'Three'].map((client_name) =>
        client.update({ client_name, client_uri: `https://${client_name}.example/` }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { client_name, client_uri } = (await client.read()).body;
    expect(client_uri).toBe(`https://${client_name}.example/`);
  });

  it('two updates that give the client a secret give it one', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const answers = await Promise.all(
      [1, 2].map(() => client.update({ token_endpoint_auth_method: 'client_secret_post' })),
    );
    const [secret, ...more] = answers.flatMap(({ body }) => body['client_secret'] ?? []);
    expect(more).toEqual([]);
    const code = codeIn(await world.signIn({ client_id: client.id }));
    expect((await world.token({ client_id: client.id, code, client_secret: secret })).status).toBe(200);
  });

  it('an update and a deletion leave no client', async () => {
    const { createStore, whileWaiting } = interrupted('replace', 'client');
    const world = createWorld({}, createStore);
    const client = await createClient(world);
    whileWaiting(client.remove);
    expect((await client.update({})).status).toBe(401);
    expect((await client.read()).status).toBe(401);
  });

  it('an update and the first use of the client lose nothing', async () => {
    const { createStore, whileWaiting } = interrupted('add', 'client');
    const world = createWorld({}, createStore);
    const client = await createClient(world);
    const update = { client_name: 'New', token_endpoint_auth_method: 'none' };
    whileWaiting(() => client.update(update));
    await world.flow({ client_id: client.id });
    expect((await client.read()).body).toMatchObject({ client_name: 'New' });
  });

  it.each([
    ['before the code is taken', 'take', 'authorization_code'],
    ['while the flow is counted', 'add', 'client_usage'],
    ['while the client is moved to those that are used', 'add', 'client'],
    ['in the middle of that move', 'take', 'unused_client'],
  ] as const)('a deletion %s leaves no token and no client', async (_when, operation, kind) => {
    const { createStore: create, store } = watched();
    const { createStore, whileWaiting } = interrupted(operation, kind, create);
    const world = createWorld({}, createStore);
    const client = await createClient(world);
    const code = codeIn(await world.signIn({ client_id: client.id }));
    whileWaiting(client.remove);
    const { status, body } = await world.token({ client_id: client.id, code });
    expect({ status, error: body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    expect(world.event('client.deleted')).toBeDefined();
    expect((await client.read()).status).toBe(401);
    expect(await store().get('client_usage', client.id)).toBeUndefined();
    expect((await world.fetch(`${ISSUER}/client-evidence?client_id=${client.id}`)).status).toBe(404);
  });

  it.each([
    ['before the refresh token is taken', 'take', 'refresh_token'],
    ['before the grant is prolonged', 'replace', 'grant'],
  ] as const)('a deletion %s leaves no token', async (_when, operation, kind) => {
    const { createStore, whileWaiting } = interrupted(operation, kind);
    const world = createWorld({}, createStore);
    const client = await createClient(world);
    const { access_token, refresh_token } = await world.flow({ client_id: client.id });
    whileWaiting(client.remove);
    const { status, body } = await refresh(world, client.id, refresh_token);
    expect([400, 401]).toContain(status);
    expect(body).not.toHaveProperty('access_token');
    expect(await world.introspect(access_token)).toEqual({ active: false });
  });

  it('deletions are many, and told once', async () => {
    const world = createWorld();
    const client = await createClient(world);
    const answers = await Promise.all([1, 2, 3].map(() => client.remove()));
    expect(answers.some(({ status }) => status === 204)).toBe(true);
    expect(world.events.filter(({ kind }) => kind === 'client.deleted')).toHaveLength(1);
  });
});
