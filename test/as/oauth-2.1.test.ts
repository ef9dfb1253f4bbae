import { beforeEach, describe, expect, it } from 'vitest';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { readPage } from '../docs/fences.js';
import { cookieHeader, readForm } from '../support/browser.js';
import { verifies } from '../verifies.js';
import { CALLBACK, codeIn, createWorld, ISSUER, RESOURCE, VERIFIER, type World } from './support.js';

/** What `error` and `error_description` may hold. */
const ERROR_TEXT = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;
const HOSTILE = 'é"\\\u0000\r\n<b>';

let world: World;

beforeEach(() => {
  world = createWorld({ scopes: ['user', 'clock'] });
});

describe('the authorization endpoint', () => {
  verifies(
    ['oauth2.1-3.1-get', 'oauth2.1-3.1-unrecognized'],
    'takes GET, and does not mind parameters that it does not know',
    async () => {
      const redirect = await world.signIn({ unheard_of: 'x', code: 'x', client_secret: 'x' });
      expect([...redirect.searchParams.keys()].sort()).toEqual(['code', 'iss']);
    },
  );

  verifies(
    ['oauth2.1-4.1.2-no-challenge-in-response'],
    'lets nobody read the challenge from its response',
    async () => {
      const redirect = await world.signIn({ state: 's' });
      expect(redirect.href).not.toContain(s256Challenge(VERIFIER));
      expect(codeIn(redirect)).not.toContain(s256Challenge(VERIFIER));
    },
  );

  verifies.each([
    { scope: HOSTILE },
    { response_type: HOSTILE },
    { response_mode: HOSTILE },
    { resource: HOSTILE },
    { code_challenge_method: HOSTILE },
    { prompt: HOSTILE },
    { [HOSTILE]: ['1', '2'] },
  ])(
    ['oauth2.1-4.1.2.1-error-characters', 'oauth2.1-7.11-sanitize'],
    'keeps to the characters of an error, whatever is sent: %j',
    async (parameters) => {
      const { left } = await world.browser.visit(world.authorizeUrl(parameters));
      expect(left?.searchParams.get('error')).toMatch(ERROR_TEXT);
      expect(left?.searchParams.get('error_description')).toMatch(ERROR_TEXT);
    },
  );

  verifies(
    ['oauth2.1-4.1.2.1-method-explained'],
    'says that it is the code_challenge_method that is not supported',
    async () => {
      const { left } = await world.browser.visit(world.authorizeUrl({ code_challenge_method: 'plain' }));
      expect(left?.searchParams.get('error_description')).toContain('code_challenge_method');
    },
  );

  verifies(
    ['mcp-canonical-uppercase'],
    'knows a resource whose scheme and host are in capital letters',
    async () => {
      const { access_token } = await world.flow({
        resource: RESOURCE.replace('http://localhost', 'HTTP://LOCALHOST'),
      });
      expect(await world.introspect(access_token)).toMatchObject({ aud: RESOURCE });
    },
  );

  verifies.each([{ resource: `${RESOURCE}/` }, { resource: RESOURCE }, {}])(
    ['mcp-canonical-slash'],
    'names a resource without a trailing slash to a client that sends %j',
    async (parameters) => {
      const { access_token } = await world.flow(parameters);
      expect(await world.introspect(access_token)).toMatchObject({ aud: RESOURCE });
    },
  );

  it('loads nothing from elsewhere into its pages, whatever the client has registered', async () => {
    const { client_id } = (
      await world.register({
        client_uri: 'https://app.example/about',
        logo_uri: 'https://app.example/logo.png',
        policy_uri: 'https://app.example/policy',
        tos_uri: 'https://app.example/terms',
      })
    ).body;
    const login = await world.browser.visit(world.authorizeUrl({ client_id }));
    const consent = await world.browser.submit(login);
    const refused = await world.browser.visit(
      world.authorizeUrl({ client_id, redirect_uri: 'https://x.example/' }),
    );
    expect(refused.status).toBe(400);
    for (const { html } of [login, consent, refused]) {
      expect(html).toMatch(/<h1>/);
      expect(html).not.toMatch(/(?:src|action|srcset)\s*=\s*["']?(?:https?:)?\/\//i);
      expect(html).not.toMatch(/url\(|@import|<script|<iframe/i);
    }
  });
});

describe('the redirects after the login form and after the consent form', () => {
  verifies(
    [
      'oauth2.1-3.1-no-credentials-forwarded',
      'oauth2.1-7.5.4-no-307',
      'oauth2.1-7.5.4-303',
      'rfc9700-2.1-no-credentials-forwarded',
      'rfc9700-4.12-no-307',
      'rfc9700-4.12-303',
    ],
    'have the status 303, so that the browser posts the password nowhere else, and nothing of it in the URL',
    async () => {
      world = createWorld({ users: [{ username: 'alice', password: 'the-password' }] });
      const { html } = await world.browser.visit(world.authorizeUrl());
      const body = readForm(html).values;
      body.set('username', 'alice');
      body.set('password', 'the-password');
      const cookie = cookieHeader(world.browser.cookies);
      const headers = { cookie, origin: ISSUER };
      const login = await world.fetch(`${ISSUER}/login`, {
        method: 'POST',
        body,
        headers,
        redirect: 'manual',
      });
      expect(login.status).toBe(303);
      expect(login.headers.get('location')).toMatch(/^\/consent\?interaction=[\w-]{43}$/);
      const consent = await world.browser.submit(await world.browser.visit(world.authorizeUrl()), {
        fields: { username: 'alice', password: 'the-password' },
      });
      const { status, left } = await world.browser.submit(consent);
      expect(status).toBe(303);
      expect([...left!.searchParams.keys()]).toEqual(['code', 'iss']);
    },
  );
});

describe('the token endpoint', () => {
  verifies(['oauth2.1-3.2-unrecognized'], 'does not mind parameters that it does not know', async () => {
    const code = codeIn(await world.signIn());
    expect((await world.token({ code, unheard_of: 'x', state: 's' })).status).toBe(200);
  });

  verifies.each([
    { grant_type: HOSTILE },
    { code: HOSTILE },
    { code: 'x', code_verifier: HOSTILE },
    { client_id: HOSTILE },
    { [HOSTILE]: ['1', '2'] },
    { grant_type: 'refresh_token', refresh_token: HOSTILE },
  ])(
    ['oauth2.1-3.2.4-error-characters', 'oauth2.1-7.11-sanitize'],
    'keeps to the characters of an error, whatever is sent: %j',
    async (parameters) => {
      const { status, body } = await world.token(parameters);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(body['error']).toMatch(ERROR_TEXT);
      expect(body['error_description']).toMatch(ERROR_TEXT);
    },
  );

  verifies(
    ['oauth2.1-2.4.1-not-in-uri', 'oauth2.1-4.3.1-authenticate', 'oauth2.1-3.2.2-require-authentication'],
    'takes a secret from the body, never from the URL, and asks for it with every refresh',
    async () => {
      const { client_id, client_secret } = (
        await world.register({ token_endpoint_auth_method: 'client_secret_post' })
      ).body;
      const code = codeIn(await world.signIn({ client_id }));
      const { refresh_token } = (await world.token({ client_id, client_secret, code })).body;
      const refresh = { grant_type: 'refresh_token', refresh_token, client_id };
      const inUrl = await world.post(`/token?client_secret=${client_secret}`, refresh);
      expect([inUrl.status, inUrl.body['error']]).toEqual([401, 'invalid_client']);
      expect((await world.token(refresh)).status).toBe(401);
      expect((await world.token({ ...refresh, client_secret })).status).toBe(200);
    },
  );

  verifies(
    ['oauth2.1-7.5.3-invalid-replay'],
    'ends nothing for somebody who saw a code go by and has neither the verifier nor the client',
    async () => {
      world = createWorld({ clients: [{ client_id: 'demo-preset' }, { client_id: 'other' }] });
      const code = codeIn(await world.signIn());
      const { access_token } = (await world.token({ code })).body;
      for (const parameters of [{ code_verifier: 'x'.repeat(43) }, { client_id: 'other' }]) {
        const replay = await world.token({ code, ...parameters });
        expect([replay.status, replay.body['error']]).toEqual([400, 'invalid_grant']);
        expect(world.event('token.refused')?.reason).toBe('code_replayed');
        expect(await world.introspect(access_token)).toMatchObject({ active: true });
      }
      await world.token({ code });
      expect(await world.introspect(access_token)).toEqual({ active: false });
    },
  );
});

describe('a secret', () => {
  const users = [{ username: 'alice', password: 'the-password' }];

  verifies(
    ['oauth2.1-2.4.1-brute-force', 'oauth2.1-7.7-guessing'],
    'that is configured is refused at the start outside demo mode if it could be guessed, without being repeated',
    async () => {
      const start = (secret: string) => [
        () => createWorld({ demoMode: false, users, clients: [{ client_id: 'web', client_secret: secret }] }),
        () => createWorld({ demoMode: false, users, rsCredentials: [{ id: 'rs', secret }] }),
      ];
      for (const begin of start('a-short-secret!')) {
        expect(begin).toThrow(/fewer than 16 characters/);
        expect(begin).not.toThrow('a-short-secret!');
      }
      for (const begin of start('sixteen-letters!')) expect(begin).not.toThrow();
    },
  );

  verifies(
    ['oauth2.1-2.4.1-brute-force', 'oauth2.1-7.7-guessing', 'oauth2.1-7.7-128-bits', 'oauth2.1-7.7-160-bits'],
    'that is issued has 256 random bits',
    async () => {
      const method = { token_endpoint_auth_method: 'client_secret_post' };
      const secrets = [await world.register(method), await world.register(method)].map(
        ({ body }) => body['client_secret'] ?? '',
      );
      expect(new Set(secrets).size).toBe(2);
      for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    },
  );
});

describe('a token', () => {
  verifies(
    [
      'oauth2.1-7.1.4-minimum',
      'oauth2.1-7.3.2-minimum',
      'rfc9700-2.3-minimum',
      'oauth2.1-1.4.1-different-scope',
    ],
    'is good for no more than what was asked for',
    async () => {
      const { access_token, scope } = await world.flow({ scope: 'clock' });
      expect(scope).toBe('clock');
      expect(await world.introspect(access_token)).toMatchObject({ scope: 'clock', aud: RESOURCE });
    },
  );

  verifies(
    [
      'oauth2.1-7.1.1.2-no-cookies',
      'oauth2.1-7.1.3.4-no-cookies',
      'oauth2.1-7.1.3.7-no-page-urls',
      'oauth2.1-7.1.3.7-headers-or-bodies',
    ],
    'comes in the body of the token response, and is in no URL and no cookie',
    async () => {
      const urls: string[] = [];
      const redirect = await world.signIn();
      urls.push(redirect.href);
      const { access_token, refresh_token } = (await world.token({ code: codeIn(redirect) })).body;
      const elsewhere = [...urls, ...world.browser.cookies.values(), JSON.stringify(world.events)].join('\n');
      for (const token of [access_token, refresh_token]) {
        expect(token).toMatch(/^[\w-]{43}$/);
        expect(elsewhere).not.toContain(token);
      }
    },
  );
});

describe('a client_id', () => {
  verifies(
    ['oauth2.1-2.2-foreign-ids'],
    'that was brought along, and is the name of a user, gets no token in that user’s name by itself',
    async () => {
      world = createWorld({ grants: ['authorization_code', 'client_credentials'] });
      const client_id = 'demo_user';
      await world.flow({ client_id });
      expect(world.event('client.adopted')).toMatchObject({ client_id });
      const { body } = await world.post('/token', { grant_type: 'client_credentials', client_id });
      expect(body['error']).toBe('unauthorized_client');
    },
  );
});

describe('a redirect URI', () => {
  verifies.each(['/callback', 'callback', '//app.example/callback', '127.0.0.1:33418/callback', '?x'])(
    ['oauth2.1-2.3-absolute'],
    'cannot be %s, which is not absolute',
    async (redirect_uri) => {
      expect((await world.register({ redirect_uris: [redirect_uri] })).body['error']).toBe(
        'invalid_redirect_uri',
      );
      expect((await world.browser.visit(world.authorizeUrl({ redirect_uri }))).status).toBe(400);
    },
  );
});

describe('docs/tokens.md', () => {
  verifies(
    [
      'oauth2.1-1.4.1-documented',
      'oauth2.1-2.2-documented-size',
      'oauth2.1-3.2.3-documented-size',
      'oauth2.1-4.1.2-documented-size',
    ],
    'tells what scopes there are, and how long everything is that is issued',
    async () => {
      const page = readPage('docs/tokens.md');
      const { client_id, client_secret } = (
        await world.register({ token_endpoint_auth_method: 'client_secret_post' })
      ).body;
      const code = codeIn(await world.signIn({ client_id, redirect_uri: CALLBACK }));
      const { access_token, refresh_token } = (await world.token({ client_id, client_secret, code })).body;
      for (const [name, value] of Object.entries({
        client_id,
        client_secret,
        'authorization code': code,
        'access token': access_token,
        'refresh token': refresh_token,
      }))
        expect(page).toMatch(new RegExp(`\\| ${name}[^|]*\\| ${value?.length} characters`));
      expect(page).toMatch(/what can be granted \(default `user`\), and a request without `scope` gets that/);
    },
  );
});
