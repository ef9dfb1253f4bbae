import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listening, start, startPair } from '../support/cli.js';
import { RS_CREDENTIALS, startOidcProvider } from '../support/oidc-provider.js';
import { type ListeningProxy, startProxy } from '../support/proxy.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { newLoopbackClient } from './support/client.js';
import { newVisitor } from './support/visitor.js';

interface Metadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly registration_endpoint: string;
}

describe.runIf(hasChromium())('signing in through the proxy, in a real browser', () => {
  let browser: Browser;
  const ends: (() => unknown)[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function proxyOf(target: string): Promise<ListeningProxy> {
    const proxy = await startProxy(target);
    ends.push(() => proxy.close());
    return proxy;
  }

  /** Registers a client by what the proxy says, and brings a person to the first page. */
  async function arrive({ resource }: ListeningProxy) {
    const { origin, pathname } = new URL(resource);
    const named = await fetch(`${origin}/.well-known/oauth-protected-resource${pathname}`);
    const [issuer] = ((await named.json()) as { authorization_servers: string[] }).authorization_servers;
    const found = await fetch(`${issuer}/.well-known/openid-configuration`);
    const metadata = (await found.json()) as Metadata;
    const client = await newLoopbackClient({ issuer: issuer!, resource });
    ends.push(() => client.close());
    const registered = await fetch(metadata.registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: [client.redirectUri], token_endpoint_auth_method: 'none' }),
    });
    const { client_id } = (await registered.json()) as { client_id: string };
    const url = new URL(metadata.authorization_endpoint);
    url.search = new URL(client.authorizationUrl({ client_id, scope: 'user' })).search;
    const visitor = await newVisitor(browser);
    ends.push(() => visitor.close());
    await visitor.page.goto(url.href, { waitUntil: 'domcontentloaded' });
    return { client, visitor, page: visitor.page, issuer: metadata.issuer };
  }

  it('works at our own pages, without a complaint of the browser, and stays at the proxy', async () => {
    const pair = await startPair('--verbose');
    ends.push(() => pair.stop());
    const proxy = await proxyOf(pair.resource);
    const { client, visitor, page, issuer } = await arrive(proxy);
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    await page.getByLabel('Password').fill('anything at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.locator('body').innerText()).toContain(proxy.resource);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
    const [redirect] = client.redirects;
    expect(redirect!.get('state')).toBe(client.state);
    expect(redirect!.get('iss')).toBe(issuer);
    expect(issuer).not.toBe(pair.issuer);
    expect(hosts).toEqual(new Set([issuer, new URL(client.redirectUri).origin]));
    expect(visitor.complaints).toEqual([]);
  });

  it('works at the pages of oidc-provider, whose links and cookies are those of its own origin', async () => {
    const provider = await startOidcProvider('opaque', '/tenant', { pages: true });
    ends.push(() => provider.close());
    const credentials = `${RS_CREDENTIALS.id}:${RS_CREDENTIALS.secret}`;
    const flags = ['--auth-server', provider.issuer, '--introspection-credentials', credentials];
    const rs = await listening(start(['rs', '--port', '0', '--log-format', 'json', ...flags]));
    ends.push(() => rs.stop());
    const { client, page, issuer } = await arrive(await proxyOf(rs.resource));
    const navigated = new Set<string>();
    page.on('framenavigated', (frame) => navigated.add(new URL(frame.url()).origin));
    await page.locator('input[name=login]').fill('alice');
    await page.locator('input[name=password]').fill('anything at all');
    await page.locator('button[type=submit]').click({ noWaitAfter: true });
    await page.getByRole('button', { name: 'Continue' }).click({ noWaitAfter: true });
    await page.waitForURL(`${client.redirectUri}?*`, { waitUntil: 'domcontentloaded' });
    expect(client.redirects[0]!.get('iss')).toBe(issuer);
    expect(client.redirects[0]!.get('code')).toMatch(/^\S{20,}$/);
    expect([...navigated]).not.toContain(new URL(provider.issuer).origin);
    const names = (await page.context().cookies()).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => !/^mcp-(?:proxy|oauth-demo-visit)-/.test(name))).toEqual([]);
  });
});
