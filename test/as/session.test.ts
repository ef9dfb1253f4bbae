import { scryptSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationServerOptions, createMemoryStore } from '../../src/as/index.js';
import { steppedClock } from '../contract/store-contract.js';
import { cookieHeader, createBrowser, readForm, type Visit } from '../support/browser.js';
import { verifies } from '../verifies.js';
import { CALLBACK, codeIn, createWorld, ISSUER, type Parameters, RESOURCE, type World } from './support.js';

const WEB = 'https://app.example/callback';
const USERS = ['alice', 'bob'].map((username) => ({ username, password_hash: cheapHash(`of ${username}`) }));
const EIGHT_HOURS = 8 * 3600;

/** Costs next to nothing to check, unlike those that the server makes. */
function cheapHash(password: string): string {
  const salt = 'sixteen-bytes-of-salt';
  const hash = scryptSync(password, salt, 32, { N: 2, r: 1, p: 1 }).toString('base64url');
  return `scrypt:2:1:1:${salt}:${hash}`;
}

let world: World;
/** a client with an https redirect URI: only it gets its answers */
let web: string;

async function start(options: Partial<AuthorizationServerOptions> = {}): Promise<void> {
  world = createWorld(options);
  const metadata = { redirect_uris: [WEB, CALLBACK], client_name: 'A web app' };
  web = (await world.register(metadata)).body['client_id']!;
}

beforeEach(() => start());

const visit = (parameters: Parameters = {}) => world.browser.visit(world.authorizeUrl(parameters));

/** One flow of the web client, in the browser that all share. */
const ofWeb = (parameters: Parameters = {}) =>
  visit({ client_id: web, redirect_uri: WEB, resource: RESOURCE, ...parameters });

/** Signs in and allows, and redeems the code. */
async function allow(parameters: Parameters = {}, fields: Record<string, string> = {}) {
  const all = { client_id: web, redirect_uri: WEB, resource: RESOURCE, ...parameters };
  const redirect = await world.signIn(all, { fields });
  const { client_id, redirect_uri } = all;
  const { body } = await world.token({ client_id, redirect_uri, code: codeIn(redirect) });
  return body;
}

const asAlice = { username: 'alice', password: 'of alice' };
const asBob = { username: 'bob', password: 'of bob' };

/** Which page somebody sees, or what the client is told. */
function outcome({ html, left }: Visit): string {
  if (left) return left.searchParams.get('error') ?? (left.searchParams.has('code') ? 'code' : left.href);
  return /<h1>([^<]*)/.exec(html)?.[1] ?? html;
}

describe('somebody who has signed in', () => {
  it('sees the consent page at once the next time, and is named there', async () => {
    await world.signIn();
    const page = await visit({ state: 'second' });
    expect(outcome(page)).toBe('Allow access?');
    expect(page.html).toMatch(/Signed in as <strong>demo_user<\/strong>/);
    expect(world.event('session.reused')).toMatchObject({ sub: 'demo_user', client_id: 'demo-preset' });
    const { left } = await world.browser.submit(page);
    expect(left?.searchParams.get('state')).toBe('second');
    expect(left?.searchParams.has('code')).toBe(true);
  });

  it('is known in that browser only', async () => {
    await world.signIn();
    const other = createBrowser(world.fetch, ISSUER);
    expect(outcome(await other.visit(world.authorizeUrl()))).toBe('Sign in');
  });

  it('signs in again after eight hours, however often they came by', async () => {
    await world.signIn();
    world.clock.advance(EIGHT_HOURS - 1);
    expect(outcome(await visit())).toBe('Allow access?');
    world.clock.advance(1);
    expect(outcome(await visit())).toBe('Sign in');
  });

  it('gets a new cookie with every sign-in, and the one of before is worth nothing', async () => {
    const cookie = () => [...world.browser.cookies].find(([name]) => name.includes('session'))!;
    await world.signIn();
    const [name, first] = cookie();
    await world.browser.submit(await visit({ prompt: 'login' }));
    expect(cookie()[1]).not.toBe(first);
    const thief = await world.fetch(world.authorizeUrl(), { headers: { cookie: `${name}=${first}` } });
    expect(await thief.text()).toContain('<h1>Sign in</h1>');
  });

  it('is not let in any more once they are taken from the list of users', async () => {
    const store = createMemoryStore(steppedClock());
    const { browser, authorizeUrl: first } = createWorld({ users: USERS }, () => store);
    await browser.submit(await browser.visit(first()), { fields: asAlice });
    const cookie = cookieHeader(browser.cookies);
    /** 302 to the consent page, or 200 for the login page */
    const statusWith = async (users: typeof USERS) => {
      const { fetch, authorizeUrl } = createWorld({ users }, () => store);
      return (await fetch(authorizeUrl(), { headers: { cookie }, redirect: 'manual' })).status;
    };
    expect(await statusWith(USERS)).toBe(302);
    expect(await statusWith(USERS.slice(1))).toBe(200);
  });

  it('is not let in by a cookie that somebody else has put there', async () => {
    const value = 'x'.repeat(43);
    const headers = { cookie: `mcp-oauth-demo-session-9000=${value}` };
    expect(outcome(await world.browser.visit(world.authorizeUrl(), { headers }))).toBe('Sign in');
    await world.browser.submit(await visit());
    expect([...world.browser.cookies.values()]).not.toContain(value);
  });

  it('has a session cookie that no script reads and that other sites do not send with a form', async () => {
    const body = readForm((await visit()).html).values;
    const cookie = cookieHeader(world.browser.cookies);
    const headers = { cookie, origin: ISSUER };
    const login = await world.fetch(`${ISSUER}/login`, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
    });
    expect(login.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^mcp-oauth-demo-session-9000=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
  });
});

describe('a consent page', () => {
  beforeEach(() => start({ users: USERS }));

  const switchAccount = async (page: Visit) => {
    const csrf_token = readForm(page.html).values.get('csrf_token') ?? '';
    const body = new URLSearchParams({ csrf_token, decision: 'switch_account' });
    return world.browser.visit(`${ISSUER}/consent`, { method: 'POST', body, headers: { origin: ISSUER } });
  };

  it('lets somebody else sign in, for the same request', async () => {
    await allow({}, asAlice);
    const login = await switchAccount(await ofWeb({ prompt: 'consent', state: 'kept' }));
    expect(outcome(login)).toBe('Sign in');
    const consent = await world.browser.submit(login, { fields: asBob });
    expect(consent.html).toContain('<strong>bob</strong>');
    const { left } = await world.browser.submit(consent);
    expect(left?.searchParams.get('state')).toBe('kept');
    expect(world.event('consent.decided')).toMatchObject({ sub: 'bob' });
  });

  it('of one user is void once another has signed in, or nobody is any more', async () => {
    const consent = await world.browser.submit(await ofWeb(), { fields: asAlice });
    await world.browser.submit(await ofWeb({ prompt: 'login' }), { fields: asBob });
    const refused = await world.browser.submit(consent);
    expect({ status: refused.status, left: refused.left }).toEqual({ status: 400, left: undefined });
    expect(world.event('request.refused')?.reason).toBe('session_changed');
    const second = await ofWeb({ prompt: 'consent' });
    world.browser.forgetSession();
    expect((await world.browser.submit(second)).left).toBeUndefined();
    expect(world.event('consent.decided')).toBeUndefined();
  });

  it('stays good when the same user signs in in another tab', async () => {
    const consent = await world.browser.submit(await ofWeb(), { fields: asAlice });
    await world.browser.submit(await ofWeb({ prompt: 'login' }), { fields: asAlice });
    expect(outcome(await world.browser.submit(consent))).toBe('code');
  });

  it('that is answered twice says that the first answer holds, and sends nobody to the client again', async () => {
    for (const [button, said] of [
      ['allow', 'You have allowed it.'],
      ['deny', 'You have denied it.'],
    ] as const) {
      world.browser.forgetSession();
      const consent = await world.browser.submit(await ofWeb(), { fields: asAlice });
      await world.browser.submit(consent, { button });
      for (const other of ['allow', 'deny']) {
        const again = await world.browser.submit(consent, { button: other });
        expect({ status: again.status, left: again.left }).toEqual({ status: 400, left: undefined });
        expect(outcome(again)).toBe('You have answered this already');
        expect(again.html).toContain(said);
      }
    }
    expect(world.events.filter(({ kind }) => kind === 'consent.decided')).toHaveLength(2);
  });
});

describe('consent that was given before', () => {
  it('is not asked for again, for the same client, resource and no more scope', async () => {
    await allow({ scope: 'user offline_access' });
    for (const scope of ['user offline_access', 'user', undefined]) {
      expect(outcome(await ofWeb({ scope }))).toBe('code');
    }
    expect(world.event('consent.remembered')).toMatchObject({ client_id: web, sub: 'demo_user' });
  });

  it('brings a code that is good for what was asked for, and no more', async () => {
    await allow({ scope: 'user offline_access' });
    const code = codeIn((await ofWeb({ scope: 'user' })).left!);
    const { body } = await world.token({ client_id: web, redirect_uri: WEB, code });
    expect(body['scope']).toBe('user');
    expect(await world.introspect(body['access_token'])).toMatchObject({ active: true, aud: RESOURCE });
  });

  it('goes through the login without the consent page too', async () => {
    await allow();
    world.browser.forgetSession();
    expect(outcome(await world.browser.submit(await ofWeb()))).toBe('code');
  });

  verifies.each<[string, Parameters]>([
    ['more scope', { scope: 'user offline_access' }],
    ['another resource', { resource: 'http://localhost:8002/mcp' }],
    ['one resource more', { resource: [RESOURCE, 'http://localhost:8002/mcp'] }],
    ['a redirect to loopback', { redirect_uri: CALLBACK }],
    ['prompt=consent', { prompt: 'consent' }],
    ['prompt=select_account', { prompt: 'select_account' }],
  ])(
    ['rfc8252-8.6-consent', 'oauth2.1-7.3-no-automatic'],
    'is asked for again with %s',
    async (_what, parameters) => {
      await allow({ scope: 'user' });
      expect(outcome(await ofWeb({ scope: 'user', ...parameters }))).toBe('Allow access?');
    },
  );

  it('is asked for again where the answer would go to another URI than the user was told', async () => {
    const elsewhere = 'https://other.example/callback';
    const { client_id } = (await world.register({ redirect_uris: [WEB, elsewhere] })).body;
    await world.flow({ client_id, redirect_uri: WEB });
    expect(outcome(await visit({ client_id, redirect_uri: WEB }))).toBe('code');
    expect(outcome(await visit({ client_id, redirect_uri: elsewhere }))).toBe('Allow access?');
  });

  it('to one resource is none to whatever resource there is', async () => {
    await start({ resources: [] });
    await allow();
    expect(outcome(await ofWeb({ resource: undefined }))).toBe('Allow access?');
  });

  verifies.each([
    ['on loopback only', { redirect_uris: [CALLBACK] }, CALLBACK],
    ['on https loopback', { redirect_uris: ['https://localhost/cb'] }, 'https://localhost/cb'],
    [
      'with a scheme of its own',
      { redirect_uris: ['com.example.app:/callback'] },
      'com.example.app:/callback',
    ],
    [
      'whose https URI passes the answer on to a program',
      { redirect_uris: ['https://vscode.dev/redirect'] },
      'https://vscode.dev/redirect',
    ],
  ])(
    [
      'rfc8252-8.6-consent',
      'rfc8252-8.6-repeated',
      'oauth2.1-2.1-confidence',
      'oauth2.1-7.3-no-automatic',
      'oauth2.1-7.3.1-native-consent',
      'oauth2.1-7.12.2-trusted-only',
      'rfc9700-4.11.2-trusted-only',
      'mcp-open-redirection-trusted',
    ],
    'is always asked for by a client %s, since any program can claim to be it',
    async (_w, metadata, uri) => {
      const { client_id } = (await world.register(metadata)).body;
      await world.flow({ client_id, redirect_uri: uri });
      expect(outcome(await visit({ client_id, redirect_uri: uri }))).toBe('Allow access?');
    },
  );

  verifies.each(['demo-preset', 'from-elsewhere'])(
    ['rfc8252-8.6-consent', 'rfc8252-8.6-repeated'],
    'is always asked for by %s, which has no redirect URIs of its own',
    async (client_id) => {
      const redirect_uri = 'https://claude.ai/api/mcp/auth_callback';
      await world.flow({ client_id, redirect_uri });
      expect(outcome(await visit({ client_id, redirect_uri }))).toBe('Allow access?');
    },
  );

  it('is that of the user, and not of another one in the same browser', async () => {
    await start({ users: USERS });
    await allow({}, asAlice);
    const consent = await world.browser.submit(await ofWeb({ prompt: 'login' }), { fields: asBob });
    expect(outcome(consent)).toBe('Allow access?');
  });

  it('ends with the grant: given back by the client, expired, or never picked up', async () => {
    const { refresh_token } = await allow();
    await world.post('/revoke', { token: refresh_token, client_id: web });
    expect(outcome(await ofWeb())).toBe('Allow access?');

    await start({ refreshTokenSeconds: 7000 });
    await allow();
    world.clock.advance(7001);
    expect(outcome(await ofWeb())).toBe('Allow access?');

    await start();
    await world.signIn({ client_id: web, redirect_uri: WEB, resource: RESOURCE });
    expect(outcome(await ofWeb())).toBe('Allow access?');
  });
});

describe('prompt', () => {
  it('none shows no page: the client is told what is missing', async () => {
    expect(outcome(await ofWeb({ prompt: 'none' }))).toBe('login_required');
    await world.signIn();
    const { left } = await ofWeb({ prompt: 'none', state: 's' });
    expect(Object.fromEntries(left!.searchParams)).toMatchObject({
      error: 'consent_required',
      state: 's',
      iss: ISSUER,
    });
    await allow();
    expect(outcome(await ofWeb({ prompt: 'none' }))).toBe('code');
    expect(outcome(await ofWeb({ prompt: 'none', max_age: '0' }))).toBe('login_required');
  });

  it('login asks who it is again, and leaves the consent as it was', async () => {
    await allow();
    const login = await ofWeb({ prompt: 'login' });
    expect(outcome(login)).toBe('Sign in');
    expect(outcome(await world.browser.submit(login))).toBe('code');
  });

  it('may list several: login consent asks for both', async () => {
    await allow();
    const login = await ofWeb({ prompt: 'login consent' });
    expect(outcome(login)).toBe('Sign in');
    expect(outcome(await world.browser.submit(login))).toBe('Allow access?');
  });

  it('consent with offline_access, as the TypeScript SDK 2 sends it, goes through', async () => {
    const { left } = await world.browser.submit(
      await world.browser.submit(await ofWeb({ prompt: 'consent', scope: 'user offline_access' })),
    );
    expect(left?.searchParams.has('code')).toBe(true);
  });

  it.each([
    ['create', 'prompt_not_supported'],
    ['Login', 'prompt_not_supported'],
    ['login unheard-of', 'prompt_not_supported'],
    ['none login', 'prompt_contradictory'],
  ])('%s is invalid_request', async (prompt, reason) => {
    expect(outcome(await visit({ prompt }))).toBe('invalid_request');
    expect(world.event('authorization.refused')).toMatchObject({ reason, shown: 'redirect' });
  });

  it.each([
    ['', 'Allow access?'],
    ['none none', 'consent_required'],
    [' login ', 'Sign in'],
  ])('%j is read as what it means', async (prompt, expected) => {
    await world.signIn();
    expect(outcome(await ofWeb({ prompt }))).toBe(expected);
  });
});

describe('max_age', () => {
  it('lets nobody by who signed in longer ago, and 0 nobody at all', async () => {
    await world.signIn();
    world.clock.advance(100);
    expect(outcome(await visit({ max_age: '100' }))).toBe('Allow access?');
    world.clock.advance(1);
    const login = await visit({ max_age: '100' });
    expect(outcome(login)).toBe('Sign in');
    expect(outcome(await world.browser.submit(login))).toBe('Allow access?');
    expect(outcome(await visit({ max_age: '0' }))).toBe('Sign in');
  });

  it.each(['-1', '1.5', 'soon', '9'.repeat(13)])('%s is invalid_request', async (max_age) => {
    expect(outcome(await visit({ max_age }))).toBe('invalid_request');
    expect(world.event('authorization.refused')?.reason).toBe('max_age_malformed');
  });
});

describe('the consent page, where a client asks for more than it has', () => {
  const SCOPES = { scopes: ['user', 'profile', 'time:write'] };
  const textOf = ({ html }: Visit) =>
    (/<dt>It may<\/dt>([\s\S]*?)<\/dd>/.exec(html)?.[1] ?? '')
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();

  /** The page, whether its user has to sign in before it or not. */
  async function consentFor(parameters: Parameters): Promise<Visit> {
    const page = await ofWeb(parameters);
    return outcome(page) === 'Sign in' ? world.browser.submit(page) : page;
  }

  it('tells what is new before what was allowed before', async () => {
    await start(SCOPES);
    await allow({ scope: 'user profile' });
    const text = textOf(await ofWeb({ scope: 'user profile time:write' }));
    expect(text).toMatch(/^New: time:write : set the clock.* Allowed before: user : .* profile : /);
  });

  it('takes what several grants allow together', async () => {
    await start(SCOPES);
    await allow({ scope: 'user' });
    await allow({ scope: 'profile' });
    const text = textOf(await ofWeb({ scope: 'user profile time:write' }));
    expect(text).toMatch(/^New: time:write .* Allowed before: user .* profile /);
  });

  it.each([
    ['nothing was allowed before', {}, undefined],
    ['nothing is new', { scope: 'user profile', prompt: 'consent' }, { scope: 'user profile' }],
    ['all is new', { scope: 'time:write' }, { scope: 'user' }],
    ['it was allowed for another resource', {}, { resource: 'http://localhost:8002/mcp' }],
    ['it was allowed to another client', {}, { client_id: 'demo-preset', redirect_uri: CALLBACK }],
  ])('makes no difference if %s', async (_what, asked, before) => {
    await start(SCOPES);
    if (before) await allow({ scope: 'user', ...before });
    const page = await consentFor({ scope: 'user profile', ...asked });
    expect(outcome(page)).toBe('Allow access?');
    expect(page.html).not.toMatch(/New:|Allowed before:/);
  });

  it.each([
    [
      'the grant was revoked',
      async (token: string) => void (await world.post('/revoke', { client_id: web, token })),
    ],
    ['it has ended', async () => void world.clock.advance(40 * 24 * 3600)],
  ])('does not count what was allowed once %s', async (_what, end) => {
    await start(SCOPES);
    const { refresh_token } = await allow({ scope: 'user' });
    await end(refresh_token!);
    const page = await consentFor({ scope: 'user profile' });
    expect(outcome(page)).toBe('Allow access?');
    expect(page.html).not.toMatch(/New:|Allowed before:/);
  });
});

describe('login_hint', () => {
  const hinted = async (login_hint: string) => readForm((await ofWeb({ login_hint })).html).values;

  it('fills the user name in, as text and nothing else', async () => {
    await start({ users: USERS });
    expect((await hinted('alice')).get('username')).toBe('alice');
    const hostile = '"><script>alert(1)</script>';
    expect((await hinted(hostile)).get('username')).toBe(hostile);
    expect((await ofWeb({ login_hint: hostile })).html).not.toContain('<script');
  });

  it.each(['x'.repeat(201), 'a\u0000b', 'a\u202Eb'])('%j is left out', async (login_hint) => {
    await start({ users: USERS });
    expect((await hinted(login_hint)).get('username')).toBe('');
  });

  it('for somebody else than who is signed in asks for a login', async () => {
    await start({ users: USERS });
    await allow({}, asAlice);
    expect(outcome(await ofWeb({ login_hint: 'alice' }))).toBe('code');
    expect(outcome(await ofWeb({ login_hint: 'bob' }))).toBe('Sign in');
    expect(outcome(await ofWeb({ login_hint: 'bob', prompt: 'none' }))).toBe('login_required');
  });

  it('makes no difference in demo mode without users, where there is one user', async () => {
    expect((await hinted('alice')).get('username')).toBe('demo_user');
    await world.signIn();
    expect(outcome(await ofWeb({ login_hint: 'alice' }))).toBe('Allow access?');
  });
});
