import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAuthorizationServer, createMemoryStore, type Store } from '../../src/as/index.js';
import { fingerprint } from '../../src/shared/secret.js';
import { watched } from './stores.js';
import { codeIn, createWorld, type World } from './support.js';

const STALE = { client_id: 'stale-id' };

/** Signs in with the stale id, and exchanges the code. */
async function redeem(world: World) {
  return world.token({ ...STALE, code: codeIn(await world.signIn(STALE)) });
}

async function evidenceOf(world: World, clientId: string): Promise<unknown> {
  return (await world.fetch(`http://localhost:9000/client-evidence?client_id=${clientId}`)).json();
}

describe('with unknownClients reregister an unknown client', () => {
  it('gets a token that looks like any other, has no refresh token beside it, and is void', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const { status, body, headers } = await redeem(world);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'user',
    });
    expect(await world.introspect(body['access_token'])).toEqual({ active: false });
  });

  it('keeps no grant, as nothing comes of it', async () => {
    const { createStore, store } = watched();
    await redeem(createWorld({ unknownClients: 'reregister' }, createStore));
    expect(await store().list('grant', {})).toEqual([]);
  });

  it('gets a JWT that ended long ago, where tokens are JWTs', async () => {
    const world = createWorld({ unknownClients: 'reregister', tokenFormat: 'jwt' });
    const { access_token, expires_in } = (await redeem(world)).body;
    expect(expires_in).toBe(3600);
    expect(decodeJwt(access_token!)).toMatchObject({ client_id: 'stale-id' });
    expect(decodeJwt(access_token!).exp).toBeLessThan(world.clock.now() - 3600);
    expect(await world.introspect(access_token)).toEqual({ active: false });
    expect(world.event('token.introspected')).toMatchObject({ reason: 'token_void_on_purpose' });
  });

  it('is told so in the log from the beginning to the end, without the token', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const { body } = await redeem(world);
    const token = fingerprint(body['access_token']!);
    // For as long as the client believes that it is good.
    world.clock.advance(3599);
    await world.introspect(body['access_token']);
    expect(world.event('client.adopted')).toMatchObject({ ...STALE, to_be_told: 'void_token' });
    expect(world.event('authorization.requested')).toMatchObject({ route: 'adopted' });
    expect(world.event('client.told_to_register')).toMatchObject({ ...STALE, way: 'void_token', token });
    expect(world.event('token.introspected')).toMatchObject({
      ...STALE,
      active: false,
      token,
      reason: 'token_void_on_purpose',
    });
    expect(world.event('token.issued')).toBeUndefined();
    expect(JSON.stringify(world.events)).not.toContain(body['access_token']);
  });

  it('is told once, and adopted for good if it comes again with the same id', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    await redeem(world);
    const again = await redeem(world);
    expect(again.body).toHaveProperty('refresh_token');
    expect(await world.introspect(again.body['access_token'])).toMatchObject({ active: true });
    expect(world.event('token.issued')).toMatchObject({ route: 'adopted', flows: 2 });
  });

  it('is told once though it redeems many codes at the same time', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const codes: string[] = [];
    for (let flow = 0; flow < 20; flow += 1) codes.push(codeIn(await world.signIn(STALE)));
    const answers = await Promise.all(codes.map((code) => world.token({ ...STALE, code })));
    const told = await Promise.all(answers.map(({ body }) => world.introspect(body['access_token'])));
    expect(told.filter(({ active }) => active === false)).toHaveLength(1);
  });

  it('is not told by a code that is presented wrongly, which is refused as ever', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const code = codeIn(await world.signIn(STALE));
    const wrong = await world.token({ ...STALE, code, code_verifier: 'x'.repeat(43) });
    expect(wrong.body).toMatchObject({ error: 'invalid_grant' });
    expect(world.event('client.told_to_register')).toBeUndefined();
    const { body } = await redeem(world);
    expect(await world.introspect(body['access_token'])).toEqual({ active: false });
  });

  it('stays adopted in the evidence, which says when and how it was told', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    await redeem(world);
    expect(await evidenceOf(world, 'stale-id')).toMatchObject({
      origin: 'adopted',
      flows: 1,
      told_to_register: { at: world.clock.now(), way: 'void_token' },
    });
    expect(await evidenceOf(world, 'demo-preset')).not.toHaveProperty('told_to_register');
  });

  it('hears of ten minutes at least, since VS Code does not use a token that is about to expire', async () => {
    const world = createWorld({ unknownClients: 'reregister', accessTokenSeconds: 60 });
    expect((await redeem(world)).body).toMatchObject({ expires_in: 600 });
    expect((await redeem(world)).body).toMatchObject({ expires_in: 60 });
  });

  it('leaves a registered and a preset client alone', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const registered = (await world.register()).body['client_id'];
    for (const client_id of [registered, 'demo-preset']) {
      const { access_token } = await world.flow({ client_id });
      expect(await world.introspect(access_token)).toMatchObject({ active: true, client_id });
    }
    expect(world.event('client.told_to_register')).toBeUndefined();
  });

  it('burns the code as any other: presented again it is refused', async () => {
    const world = createWorld({ unknownClients: 'reregister' });
    const code = codeIn(await world.signIn(STALE));
    await world.token({ ...STALE, code });
    expect((await world.token({ ...STALE, code })).body).toMatchObject({ error: 'invalid_grant' });
    expect(world.event('token.refused')).toMatchObject({ reason: 'code_replayed' });
  });
});

describe('the consent page', () => {
  const said = 'then you are asked once more';
  const consentPage = async (world: World, parameters: Readonly<Record<string, string>>) => {
    world.browser.forgetSession();
    return (await world.browser.submit(await world.browser.visit(world.authorizeUrl(parameters)))).html;
  };

  it.each(['reregister', 'reject-200'] as const)(
    'with %s says that the user will be asked twice, until the client was told',
    async (unknownClients) => {
      const world = createWorld({ unknownClients });
      expect(await consentPage(world, STALE)).toContain(said);
      expect(await consentPage(world, { client_id: 'demo-preset' })).not.toContain(said);
      await redeem(world);
      expect(await consentPage(world, STALE)).not.toContain(said);
    },
  );

  it('says no such thing where unknown clients are simply adopted', async () => {
    expect(await consentPage(createWorld(), STALE)).not.toContain(said);
  });
});

describe('with unknownClients reject-200 an unknown client', () => {
  it('has its first code answered with invalid_client and status 200, and the second with tokens', async () => {
    const world = createWorld({ unknownClients: 'reject-200' });
    const { status, headers, body } = await redeem(world);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
    expect(world.event('client.adopted')).toMatchObject({ to_be_told: 'http_200' });
    expect(world.event('client.told_to_register')).toMatchObject({ ...STALE, way: 'http_200' });
    expect(world.event('token.refused')).toMatchObject({ reason: 'client_told_to_register' });
    expect(await world.flow(STALE)).toHaveProperty('refresh_token');
  });

  it('has that code burnt', async () => {
    const world = createWorld({ unknownClients: 'reject-200' });
    const code = codeIn(await world.signIn(STALE));
    await world.token({ ...STALE, code });
    const again = await world.token({ ...STALE, code });
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant']);
  });

  it('that is unknown at /token hears it with 401, as in every other policy', async () => {
    const world = createWorld({ unknownClients: 'reject-200' });
    const { status, body } = await world.token({ client_id: 'never-seen', code: 'x' });
    expect([status, body['error']]).toEqual([401, 'invalid_client']);
  });
});

describe('a client that is told to register', () => {
  it.each(['reregister', 'reject-200'] as const)('has no grant left with %s', async (unknownClients) => {
    let store: Store | undefined;
    const world = createWorld({ unknownClients }, (clock) => (store = createMemoryStore(clock)));
    await redeem(world);
    expect(world.event('client.told_to_register')).toMatchObject(STALE);
    expect(await store?.list('grant', STALE)).toEqual([]);
  });
});

describe('whatever unknownClients says', () => {
  it.each(['adopt', 'reject', 'reregister', 'reject-200'] as const)(
    '%s: a refresh by an unknown client is 401 invalid_client, so that it registers again',
    async (unknownClients) => {
      const world = createWorld({ unknownClients });
      const form = { grant_type: 'refresh_token', client_id: 'never-seen', refresh_token: 'of-another-life' };
      const { status, body } = await world.post('/token', form);
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
    },
  );

  it.each(['adopt', 'reregister', 'reject-200'] as const)(
    '%s is refused outside demo mode',
    (unknownClients) => {
      const users = [{ username: 'a', password: 'b' }];
      expect(() =>
        createAuthorizationServer({ issuer: 'https://as.example', users, unknownClients }),
      ).toThrow(/demo mode only/);
    },
  );

  it.each(['reregister', 'reject-200'] as const)(
    '%s is refused where clients cannot register',
    (unknownClients) => {
      expect(() => createWorld({ unknownClients, registration: ['preset'] })).toThrow(/dcr/);
    },
  );
});
