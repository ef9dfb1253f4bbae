import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { type LoopbackClient, newLoopbackClient } from './support/client.js';
import { newVisitor, type Visitor } from './support/visitor.js';

describe.runIf(hasChromium())('a user who comes back, in a real browser', () => {
  let browser: Browser;
  let pair: Listening;
  let client: LoopbackClient;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launchChromium();
    pair = await startPair();
  });

  afterAll(async () => {
    await browser.close();
    await pair.stop();
  });

  beforeEach(async () => {
    visitor = await newVisitor(browser);
    client = await newLoopbackClient(pair);
    await client.register();
  });

  afterEach(async () => {
    await visitor.close();
    await client.close();
  });

  /** Signs in for the client, and allows it. */
  async function allow(): Promise<void> {
    const { page } = visitor;
    await page.goto(client.authorizationUrl());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
  }

  /** Presses Tab until what is named has the focus. */
  async function tabTo(name: RegExp): Promise<void> {
    for (let tabs = 0; tabs < 15; tabs += 1) {
      await visitor.page.keyboard.press('Tab');
      const focused = await visitor.page.evaluate<string>('document.activeElement.innerText');
      if (name.test(focused)) return;
    }
    throw new Error(`${name} is out of reach`);
  }

  it('is asked for consent and for no password, and can be somebody else', async () => {
    await allow();
    const { page } = visitor;
    await page.goto(client.authorizationUrl());
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Allow access?');
    expect(await page.locator('main').innerText()).toMatch(/Signed in as demo_user\. Not you\?/);
    await page.getByRole('button', { name: 'Sign in as somebody else' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
    expect(client.redirects).toHaveLength(2);
    expect(visitor.complaints).toEqual([]);
  });

  it('revokes and signs out with the keyboard alone', async () => {
    await allow();
    const { page } = visitor;
    await page.goto(`${pair.issuer}/grants`);
    await tabTo(/^Revoke/);
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').innerText()).toBe('Browser test has no access any more.');
    await tabTo(/^Sign out/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
    await page.goto(client.authorizationUrl());
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Sign in');
    expect(visitor.complaints).toEqual([]);
  });

  it('is let through to an https redirect URI', async () => {
    const redirect_uri = 'https://app.example/callback';
    await client.register({ redirect_uris: [redirect_uri] });
    const { page } = visitor;
    await page.route(`${redirect_uri}?*`, (route) => route.fulfill({ body: 'The client' }));
    await page.goto(client.authorizationUrl({ redirect_uri }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${redirect_uri}?code=*`);
  });

  it('comes back to a client that opened the page in a window of its own', async () => {
    const app = 'https://app.example';
    const redirect_uri = `${app}/callback`;
    await client.register({ redirect_uris: [redirect_uri] });
    const { page } = visitor;
    const html = (script: string) => ({ contentType: 'text/html', body: `<script>${script}</script>` });
    await page
      .context()
      .route(`${app}/`, (route) =>
        route.fulfill(html('addEventListener("message", ({ data }) => { document.title = data; })')),
      );
    await page
      .context()
      .route(`${redirect_uri}?*`, (route) =>
        route.fulfill(html(`opener.postMessage(location.search, "${app}"); close()`)),
      );
    await page.goto(`${app}/`);
    const opened = page.waitForEvent('popup');
    await page.evaluate(`self.popup = open(${JSON.stringify(client.authorizationUrl({ redirect_uri }))})`);
    const popup = await opened;
    await popup.getByRole('button', { name: 'Sign in' }).click();
    await popup.getByRole('button', { name: 'Allow' }).waitFor();
    // Clients that wait look at this, and give up once it is true.
    expect(await page.evaluate('popup.closed')).toBe(false);
    await popup.getByRole('button', { name: 'Allow' }).click();
    await expect.poll(() => page.title()).toMatch(/^\?code=/);
  });

  it('is let through to the URI of an editor', async () => {
    const redirect_uri = 'cursor://anysphere.cursor-mcp/oauth/callback';
    await client.register({ redirect_uris: [redirect_uri] });
    const { page } = visitor;
    await page.goto(client.authorizationUrl({ redirect_uri }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    // No editor is here to take it, but the browser has tried.
    const complaint = expect.stringMatching(/^request to cursor:\/\/anysphere\S+\?code=/);
    await expect.poll(() => visitor.complaints).toEqual([complaint]);
  });
});
