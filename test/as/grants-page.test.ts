import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, type Store } from '../../src/as/index.js';
import { cookieHeader, createBrowser, type Visit } from '../support/browser.js';
import { CALLBACK, codeIn, createWorld, ISSUER, RESOURCE, type World } from './support.js';

const GRANTS = `${ISSUER}/grants`;

let world: World;
let store: Store;

beforeEach(() => {
  world = createWorld({}, (clock) => (store = createMemoryStore(clock)));
});

const grantsPage = (query = '') => world.browser.visit(GRANTS + query);
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  world.browser.visit(ISSUER + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: ISSUER, ...headers },
  });

/** The hidden fields of the page, of each entry by itself. */
const grantIds = ({ html }: Visit) =>
  [...html.matchAll(/name="grant" value="([^"]+)"/g)].map(([, id]) => id!);
const csrfOf = ({ html }: Visit) => /name="csrf_token" value="([^"]+)"/.exec(html)![1]!;
const headings = ({ html }: Visit) => [...html.matchAll(/<h2>([^<]*)/g)].map(([, name]) => name);
const revokeFirst = (page: Visit) => post('/grants', { csrf_token: csrfOf(page), grant: grantIds(page)[0]! });

describe('the page of grants', () => {
  it('asks for the sign-in first, and comes back', async () => {
    const login = await grantsPage();
    expect(login.html).toMatch(/<h1>Sign in<\/h1>\s*<p>to see what you have allowed/);
    const page = await world.browser.submit(login);
    expect(page.url.href).toBe(GRANTS);
    expect(page.html).toContain('No client may act for you at the moment');
    expect(world.event('login.succeeded')).not.toHaveProperty('client_id');
  });

  it('asks again after a wrong login, and still comes back', async () => {
    const again = await world.browser.submit(await grantsPage(), { fields: { username: 'nobody' } });
    expect(again.status).toBe(403);
    expect((await world.browser.submit(again)).url.href).toBe(GRANTS);
  });

  it('names client, id, host, scopes, resource and times of each, the newest first', async () => {
    const metadata = { client_name: 'A <b>client</b>', redirect_uris: ['https://app.example/callback'] };
    const { client_id } = (await world.register(metadata)).body;
    await world.flow({
      client_id,
      redirect_uri: metadata.redirect_uris[0],
      scope: 'user offline_access',
      resource: RESOURCE,
    });
    world.clock.advance(60);
    await world.flow();
    const page = await grantsPage();
    for (const said of [
      'demo_user',
      'A &lt;b&gt;client&lt;/b&gt;',
      client_id!,
      'app.example',
      'offline_access',
      RESOURCE,
      '2027-01-15 08:00 UTC',
    ])
      expect(page.html).toContain(said);
    expect(page.html).not.toContain('<b>client');
    expect(headings(page)).toEqual(['demo-preset', 'A &lt;b&gt;client&lt;/b&gt;']);
  });

  it('tells when tokens were last issued', async () => {
    const { refresh_token } = await world.flow();
    world.clock.advance(3600);
    await world.token({ grant_type: 'refresh_token', refresh_token });
    expect((await grantsPage()).html).toMatch(
      /Tokens last issued<\/dt>\s*<dd>\s*<time[^>]*>2027-01-15 09:00 UTC/,
    );
  });

  it('promises no more of revoking than the format of the tokens holds', async () => {
    await world.signIn();
    expect((await grantsPage()).html).not.toContain('until they expire');
    world = createWorld({ tokenFormat: 'jwt' });
    await world.signIn();
    expect((await grantsPage()).html).toContain('until they expire');
  });

  it('lists nothing that no client ever picked up', async () => {
    await world.signIn();
    expect((await grantsPage()).html).toContain('not yet');
    world.clock.advance(60);
    expect(grantIds(await grantsPage())).toEqual([]);
  });

  it('lists twenty at a time', async () => {
    await world.flow();
    const [only] = await store.list('grant', {});
    for (let at = 1; at <= 44; at += 1) {
      const created_at = only!.value.created_at + at;
      await store.put('grant', `g${at}`, { ...only!.value, created_at }, created_at + 3600);
    }
    const first = await grantsPage();
    expect(grantIds(first)).toHaveLength(20);
    expect(grantIds(first)[0]).toBe('g44');
    expect(first.html).toContain('Page 1 of 3');
    expect(grantIds(await grantsPage('?page=3'))).toHaveLength(5);
    for (const page of ['9', '0', 'x', '1e9', '99999999999'])
      expect((await grantsPage(`?page=${page}`)).status).toBe(200);
  });

  it('lists only what is the user’s own, and no grant of a client for itself', async () => {
    const other = { client_id: 'c', sub: 'somebody', scope: 'user', resource: [], created_at: 1 };
    const later = world.clock.now() + 60;
    await store.put('grant', 'other', { ...other, redirect_uri: CALLBACK }, later);
    await store.put('grant', 'itself', { ...other, sub: 'demo_user' }, later);
    await world.signIn();
    const page = await grantsPage();
    expect(headings(page)).toEqual(['demo-preset']);
    for (const grant of ['other', 'itself', 'nothing', '']) {
      const answer = await post('/grants', { csrf_token: csrfOf(page), grant });
      expect(answer.html).toContain('had ended already');
    }
    expect(await store.get('grant', 'other')).toBeDefined();
    expect(await store.get('grant', 'itself')).toBeDefined();
  });
});

describe('revoking', () => {
  it('ends the tokens at once, and says so', async () => {
    const { access_token, refresh_token } = await world.flow();
    const { access_token: ofOther } = await world.flow();
    world.clock.advance(1);
    const newest = await world.flow();
    const page = await grantsPage();
    expect(grantIds(page)).toHaveLength(3);
    const after = await revokeFirst(page);
    expect(after.html).toMatch(/role="status">demo-preset has no access any more/);
    expect(grantIds(after)).toEqual(grantIds(page).slice(1));
    expect(await world.introspect(newest['access_token'])).toEqual({ active: false });
    const refreshed = await world.token({
      grant_type: 'refresh_token',
      refresh_token: newest['refresh_token'],
    });
    expect(refreshed.body['error']).toBe('invalid_grant');
    expect(world.event('grant.revoked')).toMatchObject({ reason: 'revoked_by_user', level: 'info' });
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
    expect(await world.introspect(ofOther)).toMatchObject({ active: true });
    expect(refresh_token).toBeDefined();
  });

  it('voids a code that is on its way', async () => {
    const code = codeIn(await world.signIn());
    await revokeFirst(await grantsPage());
    expect((await world.token({ code })).body['error']).toBe('invalid_grant');
    expect(world.event('token.refused')?.reason).toBe('grant_revoked');
  });

  it('makes the client ask for consent again', async () => {
    const redirect_uri = 'https://app.example/callback';
    const { client_id } = (await world.register({ redirect_uris: [redirect_uri] })).body;
    const parameters = { client_id, redirect_uri, resource: RESOURCE };
    await world.flow(parameters);
    const again = () => world.browser.visit(world.authorizeUrl(parameters));
    expect((await again()).left).toBeDefined();
    for (let page = await grantsPage(); grantIds(page).length > 0;) page = await revokeFirst(page);
    expect((await again()).html).toContain('Allow access?');
  });

  it.each([
    ['without the CSRF token', { csrf_token: '' }, {}, 400],
    ['with another CSRF token', { csrf_token: 'x'.repeat(43) }, {}, 400],
    ['from another site', {}, { origin: 'https://evil.example' }, 403],
    ['from a page of no origin', {}, { origin: 'null' }, 403],
    ['from another port of this machine', {}, { origin: 'http://localhost:1' }, 403],
  ])('is not done %s', async (_what, fields, headers, status) => {
    const { access_token } = await world.flow();
    const page = await grantsPage();
    const form = { csrf_token: csrfOf(page), grant: grantIds(page)[0]!, ...fields };
    expect((await post('/grants', form, headers)).status).toBe(status);
    expect((await post('/sign-out', form, headers)).status).toBe(status);
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
    expect(grantIds(await grantsPage())).toHaveLength(1);
  });

  it('is not done with the CSRF token of another session, nor without a session', async () => {
    const { access_token } = await world.flow();
    const page = await grantsPage();
    const attacker = createBrowser(world.fetch, ISSUER);
    const own = await attacker.submit(await attacker.visit(GRANTS));
    const grant = grantIds(page)[0]!;
    expect((await post('/grants', { csrf_token: csrfOf(own), grant })).status).toBe(400);
    const form = { csrf_token: csrfOf(page), grant };
    world.browser.forgetSession();
    expect((await post('/grants', form)).html).toContain('<h1>Sign in</h1>');
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });
});

describe('signing out', () => {
  const signOut = async () => post('/sign-out', { csrf_token: csrfOf(await grantsPage()) });

  it('ends the session, here and for whoever has the cookie, and no grant', async () => {
    const { access_token } = await world.flow();
    const cookie = cookieHeader(world.browser.cookies);
    const page = await signOut();
    expect(page.html).toContain('You are signed out');
    expect([...world.browser.cookies.keys()]).toEqual(['mcp-oauth-demo-9000']);
    expect(world.event('session.ended')).toMatchObject({ sub: 'demo_user' });
    const reused = await world.fetch(GRANTS, { headers: { cookie } });
    expect(await reused.text()).toContain('<h1>Sign in</h1>');
    expect(await world.introspect(access_token)).toMatchObject({ active: true });
  });

  it('without a session says that there is none', async () => {
    expect((await post('/sign-out', {})).html).toContain('You are signed out');
    expect(world.event('session.ended')).toBeUndefined();
  });
});

it('every page of the user leads to the page of grants, and the login for that page does not', async () => {
  const login = await world.browser.visit(world.authorizeUrl());
  const consent = await world.browser.submit(login);
  for (const { html } of [login, consent]) expect(html).toContain('<a href="/grants">');
  const other = createBrowser(world.fetch, ISSUER);
  expect((await other.visit(GRANTS)).html).not.toContain('<a href="/grants">');
});
