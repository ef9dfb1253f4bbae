import { beforeEach, describe, expect, it } from 'vitest';
import { cookieHeader, createBrowser, readForm } from '../support/browser.js';
import { verifies } from '../verifies.js';
import { CALLBACK, createWorld, ISSUER, RESOURCE, type World } from './support.js';

let world: World;

beforeEach(() => {
  world = createWorld();
});

/** The login page, whoever was signed in before. */
const login = (options = {}) => {
  world.browser.forgetSession();
  return world.browser.visit(world.authorizeUrl(options));
};

describe('the login page in demo mode', () => {
  it('is filled in for demo_user, says that it is a demo, and takes any password', async () => {
    const page = await login();
    expect(Object.fromEntries(readForm(page.html).values)).toMatchObject({ username: 'demo_user' });
    expect(page.html).toContain('This is a demo');
    for (const password of ['anything', '']) {
      const consent = await world.browser.submit(await login(), { fields: { password } });
      expect(consent.html).toContain('Allow access?');
    }
    expect(world.event('login.succeeded')).toMatchObject({ sub: 'demo_user', demo: true });
  });

  it('signs nobody else in, and says why', async () => {
    const again = await world.browser.submit(await login(), { fields: { username: 'alice' } });
    expect(again.status).toBe(403);
    expect(again.html).toContain('the only user is demo_user');
    expect((await world.browser.submit(again)).html).toContain('Allow access?');
  });
});

describe('the login page with users', () => {
  beforeEach(() => {
    world = createWorld({ users: [{ username: 'alice', password: 'correct horse' }] });
  });

  const attempt = async (username: string, password: string) =>
    world.browser.submit(await login(), { fields: { username, password } });

  it('fills nothing in and checks the password', async () => {
    const { html } = await login();
    expect(html).not.toContain('demo_user');
    expect([...readForm(html).values].filter(([name]) => name !== 'csrf_token')).toEqual([
      ['username', ''],
      ['password', ''],
    ]);
    for (const [name, password] of [
      ['alice', 'wrong'],
      ['alice', ''],
      ['demo_user', 'anything'],
      ['__proto__', 'x'],
      ['x'.repeat(5000), 'x'],
    ] as const) {
      const refused = await attempt(name, password);
      expect(refused.status).toBe(403);
      expect(refused.html).toContain('role="alert"');
      expect(refused.html).not.toContain('Allow access?');
    }
    const consent = await attempt('alice', 'correct horse');
    expect(consent.html).toContain('Allow access?');
    expect((await world.browser.submit(consent)).left?.searchParams.has('code')).toBe(true);
  });

  it('keeps the user name after a wrong password, as text and not endless, and never the password', async () => {
    const again = await attempt('"><b>alice', 'wrong-password');
    expect(readForm(again.html).values.get('username')).toBe('"><b>alice');
    expect(again.html).not.toContain('<b>alice');
    expect(again.html).not.toContain('wrong-password');
    const endless = await attempt('x'.repeat(5000), 'wrong');
    expect(readForm(endless.html).values.get('username')).toHaveLength(200);
  });

  it('slows wrong passwords down after three, longer each time, the right one too', async () => {
    await attempt('alice', 'wrong');
    await attempt('alice', 'wrong');
    const third = await attempt('alice', 'wrong');
    expect({ status: third.status, wait: third.headers.get('retry-after') }).toEqual({
      status: 429,
      wait: '2',
    });
    expect((await attempt('alice', 'correct horse')).status).toBe(429);
    world.clock.advance(2);
    const fourth = await attempt('alice', 'wrong');
    expect(fourth.headers.get('retry-after')).toBe('4');
    expect(world.event('login.failed')).toMatchObject({ failures: 4 });
    world.clock.advance(4);
    expect((await attempt('alice', 'correct horse')).status).toBe(200);
  });

  it('locks nobody out for longer than a minute, also where the clock was set back', async () => {
    for (let n = 0; n < 3; n += 1) await attempt('alice', 'wrong');
    world.clock.advance(-86_400);
    expect((await attempt('alice', 'correct horse')).headers.get('retry-after')).toBe('60');
    world.clock.advance(60);
    expect((await attempt('alice', 'correct horse')).status).toBe(200);
  });

  it('looks at one try for a name at a time, so guessing in parallel gains nothing', async () => {
    await login();
    const pages = await Promise.all(Array.from({ length: 20 }, () => login()));
    const answers = await Promise.all(
      pages.map((page) => world.browser.submit(page, { fields: { username: 'alice', password: 'wrong' } })),
    );
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(19);
  });

  it('turns a flood of names away rather than let somebody wait behind it', async () => {
    await login();
    const pages = await Promise.all(Array.from({ length: 40 }, () => login()));
    const answers = await Promise.all(
      pages.map((page, at) =>
        world.browser.submit(page, { fields: { username: `nobody-${at}`, password: 'wrong' } }),
      ),
    );
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(22);
    const turnedAway = answers.filter(({ status }) => status === 429);
    expect(turnedAway).toHaveLength(18);
    expect(turnedAway[0]?.html).toContain('Too many sign-ins at once');
    expect(turnedAway[0]?.headers.get('retry-after')).toBe('2');
    expect((await attempt('alice', 'correct horse')).status).toBe(200);
  }, 60_000);

  it('takes a stored scrypt hash', async () => {
    const { hashPassword } = await import('../../src/as/owner/password.js');
    const { N, r, p, salt, hash } = await hashPassword('stored', { token: () => 'sixteen-bytes-of-salt' });
    const password_hash = ['scrypt', N, r, p, salt, hash].join(':');
    world = createWorld({ users: [{ username: 'bob', password_hash }] });
    expect((await attempt('bob', 'wrong')).status).toBe(403);
    expect((await attempt('bob', 'stored')).status).toBe(200);
  });
});

describe('the consent page', () => {
  verifies(
    [
      'rfc7591-2.2-as-is',
      'rfc7591-5-self-asserted',
      'rfc7591-5-impersonation',
      'oauth2.1-2.4-other-means',
      'oauth2.1-7.3-inform-owner',
      'oauth2.1-7.11-sanitize',
    ],
    'names client, redirect host, scopes and resource, and how the client is known',
    async () => {
      const { client_id } = (await world.register({ client_name: 'A <b>client</b>' })).body;
      const page = await world.browser.submit(await login({ client_id, scope: 'user offline_access' }));
      for (const said of [
        'A &lt;b&gt;client&lt;/b&gt;',
        client_id!,
        '127.0.0.1:33418',
        'user',
        'offline_access',
        RESOURCE,
        'registered itself',
      ])
        expect(page.html).toContain(said);
      expect(page.html).not.toContain('<b>client');
      expect(readForm(page.html).buttons).toEqual([
        ['decision', 'allow'],
        ['decision', 'deny'],
      ]);
    },
  );

  verifies.each([
    [['authorization_code', 'refresh_token'], 'until you withdraw it, or it is not used for 14 days'],
    [['authorization_code'], '90 minutes, if you do not withdraw it before'],
  ])(['oauth2.1-7.3-inform-owner'], 'says of a client with %j: %s', async (grant_types, said) => {
    world = createWorld({
      accessTokenSeconds: 90 * 60,
      refreshTokenSeconds: 14 * 24 * 3600,
      clients: [{ client_id: 'demo-preset', grant_types }],
    });
    expect((await world.browser.submit(await login())).html).toContain(said);
  });

  verifies.each([['ツール'], ['כלי MCP'], ['  two  spaces  '], ['ﬁ ﾃ Ⅳ e\u0301']])(
    ['rfc7591-2.2-as-is'],
    'shows the name %j as it was sent',
    async (client_name) => {
      const { client_id } = (await world.register({ client_name })).body;
      const page = await world.browser.submit(await login({ client_id }));
      expect(page.html).toContain(`<strong>${client_name}</strong>`);
    },
  );

  verifies(
    [
      'rfc7591-2-client-uri',
      'rfc7591-2-tos-uri',
      'rfc7591-2-policy-uri',
      'rfc7591-5-same-host',
      'rfc7591-5-hosted-content',
    ],
    'links to what a client says of itself at a host of its redirect URIs, and shows the rest as text',
    async () => {
      const metadata = {
        redirect_uris: ['https://app.example/cb', CALLBACK],
        client_uri: 'https://app.example/about?x="><b>',
        tos_uri: 'https://bank.example/terms',
        policy_uri: 'http://app.example/privacy',
        logo_uri: 'https://app.example/logo.png',
      };
      const { client_id } = (await world.register(metadata)).body;
      const { html } = await world.browser.submit(await login({ client_id }));
      const links = [...html.matchAll(/<a href="(https?:[^"]*)"([^>]*)>/g)].map(([, href, rest]) => ({
        href,
        rest,
      }));
      expect(links).toEqual([
        {
          href: 'https://app.example/about?x=%22%3E%3Cb%3E',
          rest: ' target="_blank" rel="noopener noreferrer nofollow"',
        },
      ]);
      expect(html).toContain('<code>https://bank.example/terms</code>');
      expect(html).toContain('<code>http://app.example/privacy</code>');
      expect(html).not.toContain('logo.png');
    },
  );

  it.each([
    ['https://bank.example@app.example/', 'https://app.example/'],
    ['https://app.example.evil.example/', undefined],
    ['https://evil.example/https://app.example/', undefined],
    ['https://APP.example/', 'https://app.example/'],
  ])('links the website %s to %s', async (client_uri, href) => {
    const redirect_uris = ['https://app.example/cb', CALLBACK];
    const { client_id } = (await world.register({ redirect_uris, client_uri })).body;
    const { html } = await world.browser.submit(await login({ client_id }));
    expect(/<a href="(https?:[^"]*)" target/.exec(html)?.[1]).toBe(href);
    expect(html).not.toContain('bank.example');
  });

  it.each([
    ['demo-preset', 'configured on this authorization server'],
    ['from-elsewhere', 'was not known here before'],
  ])('says of %s that it %s', async (client_id, said) => {
    expect((await world.browser.submit(await login({ client_id }))).html).toContain(said);
  });

  verifies(
    ['mcp-response-iss', 'oauth2.1-4.1.2.1-error', 'oauth2.1-7.5.4-303', 'rfc9207-2-iss', 'rfc9700-4.12-303'],
    'Deny sends access_denied to the client',
    async () => {
      const consent = await world.browser.submit(await login({ state: 's' }));
      const { status, left } = await world.browser.submit(consent, { button: 'deny' });
      expect(status).toBe(303);
      expect(Object.fromEntries(left!.searchParams)).toEqual({
        error: 'access_denied',
        error_description: expect.any(String),
        state: 's',
        iss: ISSUER,
      });
      expect(world.event('consent.decided')?.decision).toBe('deny');
    },
  );

  it('can be reloaded until it is answered, in the same browser only', async () => {
    const consent = await world.browser.submit(await login());
    expect((await world.browser.visit(consent.url)).html).toContain('Allow access?');
    const other = createBrowser(world.fetch, ISSUER);
    await other.visit(world.authorizeUrl());
    expect((await other.visit(consent.url)).status).toBe(400);
    await world.browser.submit(consent);
    expect((await world.browser.visit(consent.url)).status).toBe(400);
  });

  it('can be answered once', async () => {
    const consent = await world.browser.submit(await login());
    expect((await world.browser.submit(consent)).left?.href).toMatch(CALLBACK);
    const again = await world.browser.submit(consent);
    expect({ status: again.status, left: again.left }).toEqual({ status: 400, left: undefined });
    expect(world.events.filter(({ kind }) => kind === 'consent.decided')).toHaveLength(1);
  });

  verifies(
    ['rfc8252-8.6-consent', 'oauth2.1-3.1-authenticate-owner', 'oauth2.1-7.3-inform-owner'],
    'cannot be reached without signing in',
    async () => {
      const page = await login();
      const csrf_token = readForm(page.html).values.get('csrf_token') ?? '';
      const body = new URLSearchParams({ csrf_token, decision: 'allow' });
      expect((await world.browser.visit(`${ISSUER}/consent?interaction=${csrf_token}`)).status).toBe(400);
      const forged = await world.browser.visit(`${ISSUER}/consent`, { method: 'POST', body });
      expect({ status: forged.status, left: forged.left }).toEqual({ status: 400, left: undefined });
    },
  );
});

describe('the forms', () => {
  it.each(['https://evil.example', 'null', 'http://localhost:1'])(
    'do not take a post from %s',
    async (origin) => {
      const answer = await world.browser.submit(await login(), { headers: { origin } });
      expect(answer.status).toBe(403);
      expect(world.event('login.succeeded')).toBeUndefined();
    },
  );

  it('do not take a post that the browser says is from another site', async () => {
    const body = readForm((await login()).html).values;
    const headers = { 'sec-fetch-site': 'same-site' };
    expect((await world.browser.visit(`${ISSUER}/login`, { method: 'POST', body, headers })).status).toBe(
      403,
    );
  });

  it('outside of demo mode take a post from the issuer’s origin only, whatever Host says', async () => {
    world = createWorld({
      issuer: 'https://as.example',
      demoMode: false,
      users: [{ username: 'a', password: 'b' }],
    });
    const page = await login();
    const cookie = cookieHeader(world.browser.cookies);
    const body = new URLSearchParams(readForm(page.html).values);
    body.set('username', 'a');
    body.set('password', 'b');
    const postFrom = (origin: string) =>
      world.app.fetch(
        new Request('http://other.example/login', { method: 'POST', body, headers: { cookie, origin } }),
      );
    expect((await postFrom('http://other.example')).status).toBe(403);
    expect((await postFrom('https://as.example')).status).toBe(303);
  });

  it('in demo mode take one from another loopback name that the page was opened by', async () => {
    const url = world.authorizeUrl();
    url.hostname = '127.0.0.1';
    const shown = await world.app.fetch(new Request(url));
    const cookie = shown.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const headers = { cookie, origin: url.origin };
    const body = readForm(await shown.text()).values;
    const answer = await world.app.fetch(
      new Request(`${url.origin}/login`, { method: 'POST', body, headers }),
    );
    expect(answer.status).toBe(303);
  });

  it('do not take a post from another browser, nor without the CSRF token', async () => {
    const victim = createBrowser(world.fetch, ISSUER);
    await victim.visit(world.authorizeUrl());
    expect((await victim.submit(await login())).status).toBe(400);
    const blank = { fields: { csrf_token: '' } };
    expect((await world.browser.submit(await login(), blank)).status).toBe(400);
    expect(world.event('login.succeeded')).toBeUndefined();
  });

  it('of one page are not taken for those of another', async () => {
    const consent = await world.browser.submit(await login());
    const body = readForm(consent.html).values;
    body.set('username', 'demo_user');
    const headers = { origin: ISSUER };
    expect((await world.browser.visit(`${ISSUER}/login`, { method: 'POST', body, headers })).status).toBe(
      400,
    );
    expect(world.event('request.refused')?.reason).toBe('interaction_of_other_page');
  });

  it('are good for one post, also when many come at the same time', async () => {
    const signIn = await login();
    const logins = await Promise.all(Array.from({ length: 20 }, () => world.browser.submit(signIn)));
    const [consent, ...more] = logins.filter(({ html }) => html.includes('Allow access?'));
    expect(more).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.browser.submit(consent!)));
    expect(answers.filter(({ left }) => left?.searchParams.has('code'))).toHaveLength(1);
    expect(world.events.filter(({ kind }) => kind === 'consent.decided')).toHaveLength(1);
  });

  it('of two tabs work side by side', async () => {
    const first = await login({ state: 'one' });
    const second = await login({ state: 'two' });
    for (const [page, state] of [
      [first, 'one'],
      [second, 'two'],
    ] as const) {
      const { left } = await world.browser.submit(await world.browser.submit(page));
      expect(left?.searchParams.get('state')).toBe(state);
    }
  });

  it('expire after a quarter of an hour', async () => {
    const page = await login();
    world.clock.advance(15 * 60);
    expect((await world.browser.submit(page)).status).toBe(400);
  });
});

describe('every page', () => {
  verifies(
    [
      'rfc7591-5-hosted-content',
      'oauth2.1-7.10-clickjacking',
      'oauth2.1-7.10-csp',
      'oauth2.1-7.10-combined',
      'rfc9700-4.16-clickjacking',
      'rfc9700-4.16-csp',
      'rfc9700-4.16-combined',
    ],
    'lets nothing in or around it, and keeps no cookie that a script could read',
    async () => {
      const page = await login();
      const csp = page.headers.get('content-security-policy') ?? '';
      const nonce = /style-src 'nonce-([\w-]+)'/.exec(csp)?.[1];
      expect(csp).toContain("default-src 'none'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toContain('form-action');
      expect(page.html).toContain(`<style nonce="${nonce}">`);
      expect(page.html).not.toContain('<script');
      expect(Object.fromEntries(page.headers)).toMatchObject({
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
        'set-cookie': expect.stringMatching(
          /^mcp-oauth-demo-9000=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/,
        ),
      });
      expect((await login()).headers.get('content-security-policy')).not.toBe(csp);
    },
  );

  it('of an https issuer has a Secure cookie that no other host can set', async () => {
    world = createWorld({
      issuer: 'https://as.example',
      demoMode: false,
      users: [{ username: 'a', password: 'b' }],
    });
    expect((await login()).headers.get('set-cookie')).toMatch(
      /^__Host-mcp-oauth-demo-443=[\w-]{43}; Path=\/; .*; Secure$/,
    );
    const consent = await world.browser.submit(await login(), { fields: { username: 'a', password: 'b' } });
    expect(consent.html).toContain('Allow access?');
  });
});
