import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/as/index.js';
import { CLIENT_LEVERS } from '../../src/shared/oauth/client-levers.js';
import { CLIENT, documentHost } from './document-host.js';
import { watched } from './stores.js';
import { codeIn, createWorld, ISSUER, RESOURCE, type World } from './support.js';

/** A client that registered itself and has signed its user in. */
async function signedIn(world: World) {
  const { body: registered } = await world.register();
  const client_id = registered['client_id']!;
  const tokens = await world.flow({ client_id });
  return { client_id, tokens };
}

function refresh(world: World, client_id: string, refresh_token: string | undefined) {
  return world.token({
    grant_type: 'refresh_token',
    client_id,
    refresh_token,
    redirect_uri: undefined,
    code_verifier: undefined,
  });
}

async function isActive(world: World, token: string | undefined): Promise<unknown> {
  return (await world.introspect(token))['active'];
}

describe('expiring the access tokens of a client', () => {
  it('ends them, and lets it refresh', async () => {
    const world = createWorld();
    const { client_id, tokens } = await signedIn(world);
    expect(await isActive(world, tokens['access_token'])).toBe(true);
    expect(await world.server.levers.pull('expire-tokens', client_id)).toMatchObject({
      pulled: true,
      access_tokens: 1,
    });
    expect(await isActive(world, tokens['access_token'])).toBe(false);
    const { status, body } = await refresh(world, client_id, tokens['refresh_token']);
    expect(status).toBe(200);
    expect(await isActive(world, body['access_token'])).toBe(true);
  });

  it('leaves those of another client alone', async () => {
    const world = createWorld();
    const [one, other] = [await signedIn(world), await signedIn(world)];
    await world.server.levers.pull('expire-tokens', one.client_id);
    expect(await isActive(world, other.tokens['access_token'])).toBe(true);
  });
});

describe('revoking what a client was allowed', () => {
  it('ends its access and refresh tokens, and keeps its registration', async () => {
    const world = createWorld();
    const { client_id, tokens } = await signedIn(world);
    expect(await world.server.levers.pull('revoke', client_id)).toMatchObject({ pulled: true, grants: 1 });
    expect(await isActive(world, tokens['access_token'])).toBe(false);
    expect((await refresh(world, client_id, tokens['refresh_token'])).body).toMatchObject({
      error: 'invalid_grant',
    });
    expect(await world.flow({ client_id })).toHaveProperty('access_token');
    expect(world.event('token.issued')).toMatchObject({ client_id, route: 'dcr-reused' });
  });

  it('makes the user be asked again', async () => {
    const world = createWorld();
    const { client_id } = await signedIn(world);
    await world.server.levers.pull('revoke', client_id);
    const page = await world.browser.visit(world.authorizeUrl({ client_id }));
    expect(page.left).toBeUndefined();
    expect(page.html).toContain('Allow');
  });
});

describe('forgetting a client', () => {
  it('deletes its registration and ends its tokens: a refresh is invalid_client', async () => {
    const world = createWorld();
    const { client_id, tokens } = await signedIn(world);
    expect(await world.server.levers.pull('forget', client_id)).toMatchObject({ pulled: true, grants: 1 });
    expect(await isActive(world, tokens['access_token'])).toBe(false);
    const { status, body } = await refresh(world, client_id, tokens['refresh_token']);
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });

  it('leaves its id unknown, so that --unknown-clients decides what becomes of it', async () => {
    const adopting = createWorld();
    const kept = await signedIn(adopting);
    await adopting.server.levers.pull('forget', kept.client_id);
    expect(await adopting.flow({ client_id: kept.client_id })).toHaveProperty('refresh_token');
    expect(adopting.event('token.issued')).toMatchObject({ route: 'adopted', flows: 1 });

    const refusing = createWorld({ unknownClients: 'reject' });
    const { client_id } = await signedIn(refusing);
    await refusing.server.levers.pull('forget', client_id);
    const page = await refusing.browser.visit(refusing.authorizeUrl({ client_id }));
    expect(page.status).toBe(400);
    expect(refusing.event('authorization.refused')).toMatchObject({ reason: 'client_unknown' });
  });

  it('lets one be forgotten that was adopted, and once more after that, and be told to register each time', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const client_id = 'stale-id';
    for (let time = 0; time < 2; time += 1) {
      expect((await world.flow({ client_id })).refresh_token).toBeUndefined();
      expect((await world.flow({ client_id })).refresh_token).toBeDefined();
      expect(await world.server.levers.pull('forget', client_id)).toMatchObject({ pulled: true, grants: 1 });
    }
    expect(world.events.filter(({ kind }) => kind === 'client.told_to_register')).toHaveLength(2);
  });

  it('voids the code that is on its way', async () => {
    const world = createWorld();
    const { body } = await world.register();
    const client_id = body['client_id']!;
    const code = codeIn(await world.signIn({ client_id }));
    await world.server.levers.pull('forget', client_id);
    expect((await world.token({ client_id, code })).body).toMatchObject({ error: 'invalid_client' });
  });

  it('is not possible for one that is configured, and changes nothing', async () => {
    const world = createWorld();
    const tokens = await world.flow();
    const result = await world.server.levers.pull('forget', 'demo-preset');
    expect(result).toMatchObject({ pulled: false, said: expect.stringContaining('is configured') });
    expect(await isActive(world, tokens['access_token'])).toBe(true);
    expect(world.event('lever.pulled')).toBeUndefined();
  });

  it('lets go of the document of a client that has one, reads it again, and ends its tokens', async () => {
    const host = documentHost();
    host.serve();
    const world = createWorld({}, undefined, host);
    const tokens = await world.flow({ client_id: CLIENT });
    const before = host.count();
    expect(await world.server.levers.pull('forget', CLIENT)).toMatchObject({ pulled: true, grants: 1 });
    expect(await isActive(world, tokens['access_token'])).toBe(false);
    await world.flow({ client_id: CLIENT });
    expect(host.count()).toBe(before + 1);
    expect(world.event('token.issued')).toMatchObject({ route: 'cimd' });
  });
});

describe('a new epoch', () => {
  function begin() {
    const events: unknown[] = [];
    let now = 1_795_472_707;
    const server = createAuthorizationServer(
      { issuer: ISSUER, demoMode: true, resources: [RESOURCE], clients: [{ client_id: 'demo-preset' }] },
      { clock: { now: () => now }, onEvent: (event) => events.push(event) },
    );
    const get = (path: string) => server.fetch(new Request(ISSUER + path));
    return { server, events, get, wait: (seconds: number) => void (now += seconds) };
  }

  it('gives the server an issuer that it never had, and its metadata is there and at the root', async () => {
    const { server, get } = begin();
    const { issuer } = await server.levers.pull('new-epoch', 'any');
    expect(issuer).toBe(`${ISSUER}/20261123-222507`);
    expect(server.metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });
    for (const path of ['', '/20261123-222507']) {
      const metadata = await (await get(`/.well-known/oauth-authorization-server${path}`)).json();
      expect(metadata).toMatchObject({ issuer });
    }
    const seen = [issuer];
    for (let time = 0; time < 3; time += 1) seen.push((await server.levers.pull('new-epoch', 'any')).issuer);
    expect(new Set(seen).size).toBe(4);
  });

  it('tells clients that refresh at its former place that they are not known', async () => {
    const { server } = begin();
    const refresh = (place: string) =>
      server.fetch(
        new Request(`${place}/token`, {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'before' }),
        }),
      );
    const { issuer } = await server.levers.pull('new-epoch', 'before');
    await server.levers.pull('new-epoch', 'before');
    for (const place of [ISSUER, issuer!]) {
      const response = await refresh(place);
      expect([response.status, await response.json()]).toMatchObject([401, { error: 'invalid_client' }]);
    }
  });

  it('knows no client but those that are configured, and signs nobody in at its former place', async () => {
    const { server, get } = begin();
    const registered = await server.fetch(
      new Request(`${ISSUER}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1:1/'], token_endpoint_auth_method: 'none' }),
      }),
    );
    const { client_id } = (await registered.json()) as { client_id: string };
    const evidence = (at: string, id: string) => get(`${at}/client-evidence?client_id=${id}`);
    expect((await evidence('', client_id)).status).toBe(200);
    await server.levers.pull('new-epoch', client_id);
    expect((await evidence('/20261123-222507', client_id)).status).toBe(404);
    expect((await evidence('/20261123-222507', 'demo-preset')).status).toBe(200);
    expect((await get('/authorize')).status).toBe(404);
  });

  it('is not possible outside demo mode, nor where the program has handed a store in', async () => {
    const open = createAuthorizationServer({
      issuer: 'https://as.example',
      users: [{ username: 'alice', password: 'correct-horse' }],
    });
    const stored = createWorld().server;
    for (const server of [open, stored]) {
      const before = server.metadata;
      expect(await server.levers.pull('new-epoch', 'any')).toMatchObject({
        pulled: false,
        said: expect.stringContaining('start it with --epoch'),
      });
      expect(server.metadata).toBe(before);
    }
  });
});

describe('what is said of the levers', () => {
  it('names all of them for each client, with what each does and what it cannot do', async () => {
    const { levers } = createWorld().server;
    for (const clientId of ['demo-preset', 'nobody', CLIENT]) {
      const offered = await levers.offered(clientId);
      expect(offered.map(({ lever }) => lever)).toEqual(CLIENT_LEVERS);
      for (const { does, cannot, label } of offered) {
        expect(label).not.toBe('');
        expect(does).not.toMatch(/\.$/);
        expect(cannot.length).toBeGreaterThan(0);
      }
    }
  });

  it('says that a JWT lives on until its exp, where tokens are JWTs and only there', async () => {
    const jwt = createWorld({ tokenFormat: 'jwt', accessTokenSeconds: 120 });
    const { client_id, tokens } = await signedIn(jwt);
    const { cannot } = await jwt.server.levers.pull('revoke', client_id);
    expect(cannot.join('. ')).toContain('lives on until its exp, which is at most 120 s away');
    expect(decodeJwt(tokens['access_token']!).exp).toBe(jwt.clock.now() + 120);
    const opaque = await createWorld().server.levers.offered('demo-preset');
    expect(JSON.stringify(opaque)).not.toContain('JWT');
  });

  it('says of a client that is not known, or deleted itself, that there is nothing to end', async () => {
    const world = createWorld();
    const { body } = await world.register();
    await world.fetch(`${ISSUER}/register/${body['client_id']}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${body['registration_access_token']}` },
    });
    for (const [id, said] of [
      ['nobody', 'not known here'],
      [body['client_id']!, 'deleted its registration itself'],
    ] as const) {
      for (const lever of ['expire-tokens', 'revoke', 'forget'] as const) {
        expect(await world.server.levers.pull(lever, id)).toMatchObject({
          pulled: false,
          said: expect.stringContaining(said),
        });
      }
    }
    const page = await world.browser.visit(world.authorizeUrl({ client_id: body['client_id'] }));
    expect(page.html).toContain('has deleted its registration');
  });

  it('is an event with the client and what ended, and holds no token', async () => {
    const { createStore, store } = watched();
    const world = createWorld({}, createStore);
    const { client_id, tokens } = await signedIn(world);
    await world.server.levers.pull('expire-tokens', client_id);
    expect(world.event('lever.pulled')).toMatchObject({
      lever: 'expire-tokens',
      client_id,
      access_tokens: 1,
    });
    await world.server.levers.pull('forget', client_id);
    expect(world.event('lever.pulled')).toMatchObject({ lever: 'forget', client_id, grants: 1 });
    expect(JSON.stringify(world.events)).not.toContain(tokens['access_token']);
    expect(await store().list('grant', { client_id })).toEqual([]);
  });
});
