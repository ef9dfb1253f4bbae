import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../src/shared/http/fetch.js';
import { createBrowser } from '../support/browser.js';
import { CALLBACK, createWorld, formOf, VERIFIER, type World } from './support.js';

const ISSUER = 'https://as.example';

/** What a proxy adds, or somebody who would like to be taken for one. */
const NAMING_ANOTHER = {
  forwarded: 'for=192.0.2.7;host=evil.example;proto=http',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-port': '666',
  'x-forwarded-prefix': '/evil',
  'x-forwarded-for': '192.0.2.7',
  'x-forwarded-server': 'evil.example',
  'x-original-url': '/evil',
  'x-rewrite-url': '/evil',
  'x-url-scheme': 'http',
};

/** Behind a proxy that has passed a request on under the name of another host, and put that in every header. */
function throughHostileProxy(world: World): Fetch {
  return (input, init) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const [name, value] of Object.entries(NAMING_ANOTHER)) headers.set(name, value);
    const { method, body } = request;
    const duplex = 'half' as const;
    return world.app.fetch(
      new Request(`http://evil.example${pathname}${search}`, {
        method,
        headers,
        body,
        duplex,
        redirect: 'manual',
      }),
    );
  };
}

/** All that an answer says. */
async function said(response: Response): Promise<string> {
  return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
}

describe('headers in which a proxy names another host, scheme or path', () => {
  const world = createWorld({
    issuer: ISSUER,
    demoMode: false,
    users: [{ username: 'alice', password: 'correct horse' }],
    tokenFormat: 'jwt',
    unknownClients: 'reject',
  });
  const through = throughHostileProxy(world);
  const post = (path: string, body: URLSearchParams | string, headers: Record<string, string> = {}) =>
    through(ISSUER + path, { method: 'POST', body, headers });

  it.each([
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/jwks',
    '/authorize?client_id=unknown',
    '/authorize?client_id=demo-preset&redirect_uri=https://wrong.example/',
    '/grants',
    '/nowhere',
    '/token',
  ])('change nothing in what GET %s answers', async (path) => {
    const [plain, proxied] = await Promise.all([world.fetch(ISSUER + path), through(ISSUER + path)]);
    expect(proxied.status).toBe(plain.status);
    expect(proxied.headers.get('location')).toBe(plain.headers.get('location'));
    const text = await said(proxied);
    expect(text).not.toMatch(/evil|666|http:\/\/as/);
    expect(text.includes(ISSUER)).toBe((await said(plain)).includes(ISSUER));
  });

  it('change nothing in a registration, down to the URL that manages it', async () => {
    const json = { 'content-type': 'application/json' };
    const response = await post('/register', JSON.stringify({ redirect_uris: [CALLBACK] }), json);
    const text = await response.text();
    expect(response.status).toBe(201);
    expect(text).not.toContain('evil');
    expect(JSON.parse(text)).toMatchObject({
      registration_client_uri: expect.stringMatching(/^https:\/\/as\.example\/register\//),
    });
  });

  it('change nothing on the way from the login to the token', async () => {
    const pages: string[] = [];
    const watched: Fetch = async (input, init) => {
      const response = await through(input, init);
      pages.push(await said(response.clone()));
      return response;
    };
    const url = world.authorizeUrl({ state: 'x' });
    const browser = createBrowser(watched, ISSUER);
    const login = await browser.visit(url);
    const consent = await browser.submit(login, {
      fields: { username: 'alice', password: 'correct horse' },
    });
    const { left } = await browser.submit(consent);
    expect(pages.join()).not.toMatch(/evil|666/);
    expect(left?.href.startsWith(CALLBACK)).toBe(true);
    expect(left?.searchParams.get('iss')).toBe(ISSUER);
    for (const name of browser.cookies.keys()) expect(name).toMatch(/^__Host-/);

    const form = Object.fromEntries(url.searchParams);
    const response = await post(
      '/token',
      formOf({
        grant_type: 'authorization_code',
        code: left?.searchParams.get('code') ?? '',
        client_id: form['client_id'],
        redirect_uri: form['redirect_uri'],
        code_verifier: VERIFIER,
      }),
    );
    const { access_token } = (await response.json()) as { access_token: string };
    const [, claims = ''] = access_token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: ISSUER });
  });
});
