import { describe, expect, it } from 'vitest';
import type { KeptCredentials } from '../../../src/shared/oauth/kept-credentials.js';
import {
  AS_METADATA,
  createForeignPair,
  credentialsInMemory,
  type ForeignPair,
  inspect,
  ISSUER,
  json,
  type Routes,
  TARGET,
  TOKEN_RESPONSE,
} from '../support.js';
import { scopedServer } from '../scoped-server.js';

const MANAGEMENT_TOKEN = 'management-token-0123456789abcdef';

/** An authorization server that lets clients remove their registration, and issues a new id each time. */
function createManagingPair(routes: Routes = {}): ForeignPair {
  let issued = 0;
  return createForeignPair({
    'POST as.example/register': async (request) => {
      issued += 1;
      const client_id = `registered-${issued}`;
      return Response.json(
        {
          ...((await request.json()) as object),
          client_id,
          registration_client_uri: `${ISSUER}/clients/${client_id}`,
          registration_access_token: MANAGEMENT_TOKEN,
        },
        { status: 201, headers: { 'cache-control': 'no-store' } },
      );
    },
    'DELETE as.example/clients/registered-1': (request) =>
      new Response(null, {
        status: request.headers.get('authorization') === `Bearer ${MANAGEMENT_TOKEN}` ? 204 : 401,
      }),
    ...routes,
  });
}

function credentialsOf(changes: Partial<KeptCredentials> = {}) {
  const credentials = credentialsInMemory();
  credentials.kept.set(ISSUER, {
    issuer: ISSUER,
    client_id: 'kept-1',
    token_endpoint_auth_method: 'none',
    redirect_uri: 'http://127.0.0.1:33419/callback',
    registered_at: 1_780_000_000,
    ...changes,
  });
  return credentials;
}

const count = (pair: ForeignPair, request: string) =>
  pair.requests.filter((made) => made.startsWith(request)).length;

describe('a run that is not told to remember', () => {
  it('removes its registration at the end, with the token that came with it', async () => {
    const pair = createManagingPair();
    const { document, check, text } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(pair.requests.at(-1)).toBe(`DELETE ${ISSUER}/clients/registered-1`);
    expect(document.steps.at(-1)).toMatchObject({ id: 'clean-up', outcome: 'done' });
    expect(check('as.registration-deleted')).toBe('pass');
    expect(JSON.stringify(document) + text).not.toContain(MANAGEMENT_TOKEN);
  });

  it('removes it also after a flow that failed', async () => {
    const pair = createManagingPair({
      'POST as.example/token': json({ error: 'invalid_grant' }, { status: 400 }),
    });
    const { document } = await inspect(pair.fetch);
    expect(document.outcome).toBe('failed');
    expect(pair.requests.at(-1)).toContain('DELETE ');
  });

  it('removes it also after an interruption, and does not wait long for the answer', async () => {
    const interruption = new AbortController();
    const pair = createManagingPair({
      'GET as.example/authorize': () => {
        interruption.abort();
        return new Promise<Response>(() => undefined);
      },
      'DELETE as.example/clients/registered-1': () => new Promise<Response>(() => undefined),
    });
    const start = performance.now();
    const { document } = await inspect(pair.fetch, { signal: interruption.signal });
    expect(performance.now() - start).toBeLessThan(8000);
    expect(pair.requests.at(-1)).toContain('DELETE ');
    expect(document.decisions.at(-1)!.what).toContain('Could not remove');
  }, 15_000);

  it('tells a removal that fails, which fails nothing else', async () => {
    const pair = createManagingPair({
      'DELETE as.example/clients/registered-1': () => new Response(null, { status: 500 }),
    });
    const { document, check } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(document.decisions.at(-1)).toMatchObject({
      step: 'clean-up',
      what: 'Could not remove its registration registered-1',
    });
    expect(check('as.registration-deleted')).toBe('skip');
  });

  it('holds a removal that is answered with 200 against the rule', async () => {
    const pair = createManagingPair({ 'DELETE as.example/clients/registered-1': json({}) });
    expect((await inspect(pair.fetch)).check('as.registration-deleted')).toBe('fail');
  });

  it('removes nothing that it did not register, and nothing where that is not offered', async () => {
    const given = createManagingPair();
    await inspect(given.fetch, { clientId: 'known' });
    expect(count(given, 'DELETE')).toBe(0);
    const plain = createForeignPair();
    const { document } = await inspect(plain.fetch);
    expect(document.steps.some(({ id }) => id === 'clean-up')).toBe(false);
    expect(
      document.decisions.some(({ what }) => what.startsWith('Leaves client registered-1 registered')),
    ).toBe(true);
  });

  it('uses nothing that was kept', async () => {
    const pair = createManagingPair();
    const credentials = credentialsOf();
    const { document } = await inspect(pair.fetch, { credentials });
    expect(document.registration).toMatchObject({ route: 'dcr', client_id: 'registered-1' });
    expect(credentials.kept.get(ISSUER)!.client_id).toBe('kept-1');
  });
});

describe('a run with --remember', () => {
  it('keeps what it registered under the issuer, and the next one comes with it', async () => {
    const pair = createManagingPair();
    const credentials = credentialsInMemory();
    const first = await inspect(pair.fetch, { remember: true, credentials });
    expect(first.document.registration).toMatchObject({ route: 'dcr', register_called: true });
    expect(credentials.kept.get(ISSUER)).toMatchObject({
      client_id: 'registered-1',
      registration_access_token: MANAGEMENT_TOKEN,
      redirect_uri: pair.authorization().get('redirect_uri'),
    });
    const next = await inspect(pair.fetch, { remember: true, credentials });
    expect(next.document).toMatchObject({
      outcome: 'completed',
      registration: {
        route: 'dcr-reused',
        client_id: 'registered-1',
        register_called: false,
        chosen: 'dcr',
        conforming: 'dcr',
      },
    });
    expect(count(pair, 'POST https://as.example/register')).toBe(1);
    expect(count(pair, 'DELETE')).toBe(0);
  });

  it('uses what is kept where registration has been switched off since', async () => {
    const pair = createForeignPair({
      'GET as.example/.well-known/oauth-authorization-server': json({
        ...AS_METADATA,
        registration_endpoint: undefined,
      }),
    });
    const { document } = await inspect(pair.fetch, { remember: true, credentials: credentialsOf() });
    expect(document.registration).toMatchObject({ route: 'dcr-reused', client_id: 'kept-1' });
  });

  it.each([
    ['its secret has expired', { client_secret: 's', client_secret_expires_at: 1_789_999_999 }, /expired/],
    ['its secret expires now', { client_secret: 's', client_secret_expires_at: 1_790_000_000 }, /expired/],
    ['its redirect URI has another path', { redirect_uri: 'http://127.0.0.1:33419/other' }, /redirect URI/],
  ])('registers again where %s', async (_what, changes, reason) => {
    const pair = createManagingPair();
    const { document } = await inspect(pair.fetch, { remember: true, credentials: credentialsOf(changes) });
    expect(document.registration).toMatchObject({ route: 'dcr', client_id: 'registered-1' });
    const told = document.decisions.find(({ what }) => what.startsWith('Does not use the client_id kept-1'));
    expect(told?.because).toMatch(reason);
  });

  it('takes another port on loopback for the same redirect URI, and a secret that lives on', async () => {
    const credentials = credentialsOf({
      redirect_uri: 'http://127.0.0.1:1/callback',
      client_secret: 'a-secret',
      client_secret_expires_at: 0,
      token_endpoint_auth_method: 'client_secret_post',
    });
    const pair = createManagingPair();
    const { document } = await inspect(pair.fetch, { remember: true, credentials });
    expect(document.registration.route).toBe('dcr-reused');
    expect(pair.token().get('client_secret')).toBe('a-secret');
    expect(document.decisions.some(({ because }) => because.includes('any port must be allowed'))).toBe(true);
  });

  it('registers anew with --register, and keeps that instead', async () => {
    const credentials = credentialsOf();
    const { document } = await inspect(createManagingPair().fetch, {
      remember: true,
      register: true,
      credentials,
    });
    expect(document.registration.route).toBe('dcr');
    expect(credentials.kept.get(ISSUER)!.client_id).toBe('registered-1');
  });

  it('never shows credentials to another issuer, and says that the resource names another one', async () => {
    const former = 'https://former.example';
    const credentials = credentialsInMemory();
    await credentials.putIssuer(TARGET, former);
    credentials.kept.set(former, { ...credentialsOf().kept.get(ISSUER)!, issuer: former });
    const pair = createManagingPair();
    const { document } = await inspect(pair.fetch, { remember: true, credentials });
    expect(document.registration).toMatchObject({ route: 'dcr', client_id: 'registered-1' });
    expect(document.decisions.find(({ what }) => what.includes(former))?.because).toContain(ISSUER);
    expect(pair.requests.join()).not.toContain('kept-1');
    expect(await credentials.issuerOf(TARGET)).toBe(ISSUER);
  });

  it('goes on where credentials cannot be kept, says so, and removes the registration', async () => {
    const credentials = {
      ...credentialsInMemory(),
      put: () => Promise.reject(new Error('ENOSPC: no space left')),
    };
    const pair = createManagingPair();
    const { document } = await inspect(pair.fetch, { remember: true, credentials });
    expect(document.outcome).toBe('completed');
    expect(document.decisions.some(({ because }) => because.includes('ENOSPC'))).toBe(true);
    expect(count(pair, 'DELETE')).toBe(1);
  });

  it('needs somewhere to keep them', async () => {
    await expect(inspect(createForeignPair().fetch, { remember: true })).rejects.toThrow(/somewhere to keep/);
  });
});

describe('a remembered client that the authorization server has lost', () => {
  const REFUSED = json({ error: 'invalid_client' }, { status: 401 });

  /** Refuses the kept client at the token endpoint, and takes any other. */
  const forgetful: Routes = {
    'POST as.example/token': async (request) =>
      new URLSearchParams(await request.text()).get('client_id') === 'kept-1'
        ? Response.json({ error: 'invalid_client' }, { status: 401 })
        : Response.json(TOKEN_RESPONSE, { headers: { 'cache-control': 'no-store' } }),
  };

  it('registers once more and goes on from there', async () => {
    const pair = createManagingPair(forgetful);
    const credentials = credentialsOf();
    const { document } = await inspect(pair.fetch, { remember: true, credentials });
    expect(document).toMatchObject({
      outcome: 'completed',
      registration: { route: 'dcr', client_id: 'registered-1', register_called: true },
    });
    const steps = document.steps.map(({ id, outcome }) => `${id} ${outcome}`);
    expect(steps.slice(3, 11)).toEqual([
      'registration done',
      'authorization done',
      'callback done',
      'token failed',
      'registration done',
      'authorization done',
      'callback done',
      'token done',
    ]);
    expect(document.decisions.find(({ what }) => what.startsWith('Forgets'))?.because).toContain(
      'invalid_client',
    );
    expect(credentials.kept.get(ISSUER)!.client_id).toBe('registered-1');
  });

  it('is replaced too where the refusal is a page', async () => {
    const pair = createManagingPair();
    const authorize = async (request: Request) =>
      request.url.includes('kept-1')
        ? new Response('<h1>Unknown client</h1>', { status: 400 })
        : pair.fetch(request);
    const { document } = await inspect(
      async (input, init) => {
        const request = new Request(input, init);
        return new URL(request.url).pathname === '/authorize' ? authorize(request) : pair.fetch(request);
      },
      { remember: true, credentials: credentialsOf() },
    );
    expect(document).toMatchObject({ outcome: 'completed', registration: { client_id: 'registered-1' } });
  });

  it('is replaced once: an authorization server that refuses the new one too ends the flow', async () => {
    const pair = createManagingPair({ 'POST as.example/token': REFUSED });
    const { document } = await inspect(pair.fetch, { remember: true, credentials: credentialsOf() });
    expect(document.outcome).toBe('failed');
    expect(count(pair, 'POST https://as.example/register')).toBe(1);
    expect(count(pair, 'POST https://as.example/token')).toBe(2);
  });

  it('is replaced too where it is lost by the time that more scope is asked for', async () => {
    const scoped = scopedServer({ needs: (method) => (method === 'tools/call' ? ['notes.write'] : []) });
    const answer = scoped.routes['POST as.example/token'] as (request: Request) => Response;
    let redeemed = 0;
    const pair = createManagingPair({
      ...scoped.routes,
      'POST as.example/token': async (request) => {
        const client = new URLSearchParams(await request.clone().text()).get('client_id');
        redeemed += 1;
        return client === 'kept-1' && redeemed > 1
          ? Response.json({ error: 'invalid_client' }, { status: 401 })
          : answer(request);
      },
    });
    const credentials = credentialsOf();
    const { document } = await inspect(pair.fetch, { remember: true, credentials });
    expect(document).toMatchObject({ outcome: 'completed', registration: { client_id: 'registered-1' } });
    expect(scoped.asked.at(-1)).toContain('notes.write');
    expect(credentials.kept.get(ISSUER)!.client_id).toBe('registered-1');
  });

  it('is not replaced where its user gave it', async () => {
    const pair = createManagingPair({ 'POST as.example/token': REFUSED });
    const { document } = await inspect(pair.fetch, { clientId: 'given' });
    expect(document.outcome).toBe('failed');
    expect(count(pair, 'POST https://as.example/register')).toBe(0);
  });
});

describe('a run with --forget', () => {
  it('drops what is kept, removes that registration, and runs afresh', async () => {
    const credentials = credentialsOf({
      client_id: 'registered-1',
      registration_client_uri: `${ISSUER}/clients/registered-1`,
      registration_access_token: MANAGEMENT_TOKEN,
    });
    const pair = createManagingPair();
    const { document, check } = await inspect(pair.fetch, { forget: true, credentials });
    expect(document).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect(credentials.kept.size).toBe(0);
    expect(check('as.registration-deleted')).toBe('pass');
    expect(document.decisions.some(({ what }) => what.startsWith('Forgets the client_id registered-1'))).toBe(
      true,
    );
  });

  it('keeps the new ones with --remember', async () => {
    const credentials = credentialsOf();
    const { document } = await inspect(createManagingPair().fetch, {
      forget: true,
      remember: true,
      credentials,
    });
    expect(document.registration.route).toBe('dcr');
    expect(credentials.kept.get(ISSUER)!.client_id).toBe('registered-1');
  });

  it('says so where nothing is kept', async () => {
    const credentials = credentialsInMemory();
    const { document } = await inspect(createManagingPair().fetch, { forget: true, credentials });
    expect(document.decisions.some(({ what }) => what.startsWith('Has nothing to forget'))).toBe(true);
    expect(document.outcome).toBe('completed');
  });
});
