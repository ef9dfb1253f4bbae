import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { type LoopbackClient, newLoopbackClient } from './support/client.js';
import { newVisitor, type Visitor } from './support/visitor.js';

describe.runIf(hasChromium())('signing in, in a real browser', () => {
  let browser: Browser;
  let pair: Listening;
  let client: LoopbackClient;
  let visitor: Visitor;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    visitor = await newVisitor(browser);
  });

  afterEach(async () => {
    await visitor.close();
    await client.close();
    await pair.stop();
  });

  async function arrive(...flags: string[]): Promise<void> {
    pair = await startPair('--verbose', ...flags);
    client = await newLoopbackClient(pair);
    await client.register();
    await visitor.page.goto(client.authorizationUrl());
  }

  it('goes from the login page over the consent page to the client, with code, state and iss', async () => {
    await arrive();
    const { page } = visitor;
    expect(await page.getByLabel('User name').inputValue()).toBe('demo_user');
    expect(await page.locator('main, body').first().innerText()).toMatch(/demo/i);
    await page.getByLabel('Password').fill('anything at all');
    await page.getByRole('button', { name: 'Sign in' }).click();

    const consent = await page.locator('body').innerText();
    for (const fact of ['Browser test', '127.0.0.1', 'user', pair.resource]) expect(consent).toContain(fact);
    await page.getByRole('button', { name: 'Allow' }).click();

    await page.waitForURL(`${client.redirectUri}?*`);
    expect(await page.title()).toBe('The client');
    const [redirect, ...more] = client.redirects;
    expect(more).toEqual([]);
    expect(redirect!.get('code')).toMatch(/^\S{20,}$/);
    expect(redirect!.get('state')).toBe(client.state);
    expect(redirect!.get('iss')).toBe(pair.issuer);
    expect(redirect!.has('error')).toBe(false);
    expect(visitor.complaints).toEqual([]);
  });

  it('tells the client access_denied after Deny', async () => {
    await arrive();
    const { page } = visitor;
    await page.getByLabel('Password').fill('anything at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
    const [redirect] = client.redirects;
    expect(Object.fromEntries(redirect!)).toMatchObject({
      error: 'access_denied',
      state: client.state,
      iss: pair.issuer,
    });
    expect(redirect!.has('code')).toBe(false);
    expect(visitor.complaints).toEqual([]);
  });

  it('can be done with the keyboard alone', async () => {
    await arrive();
    const { page } = visitor;
    const tabTo = async (name: string) => {
      for (let tabs = 0; tabs < 15; tabs += 1) {
        const focused = await page.evaluate<Focused>(FOCUSED);
        if (focused.name === name) return expect(focused.outline).not.toBe('none');
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} is out of reach`);
    };
    await tabTo('Password');
    await page.keyboard.type('anything at all');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow' }).waitFor();
    await tabTo('Allow');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${client.redirectUri}?*`);
    expect(client.redirects[0]!.get('code')).not.toBeNull();
  });

  it('with users of its own fills nothing in, refuses a wrong password, and takes the right one', async () => {
    await arrive('--user', 'alice:correct-horse');
    const { page } = visitor;
    expect(await page.getByLabel('User name').inputValue()).toBe('');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('button', { name: 'Allow' }).count()).toBe(0);
    expect(await page.getByLabel('Password').inputValue()).toBe('');

    await page.getByLabel('User name').fill('alice');
    await page.getByLabel('Password').fill('correct-horse');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
    expect(client.redirects[0]!.get('code')).not.toBeNull();
    expect(visitor.complaints).toEqual([]);
    expect(pair.stdout() + pair.stderr()).not.toMatch(/correct-horse|"wrong"/);
  });

  it('sends nobody to the client twice when the user goes back and allows again', async () => {
    await arrive();
    const { page } = visitor;
    await page.getByLabel('Password').fill('anything at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${client.redirectUri}?*`);
    await page.goBack();
    const again = page.getByRole('button', { name: 'Allow' });
    if ((await again.count()) > 0) await again.click();
    await page.waitForLoadState();
    expect(client.redirects).toHaveLength(1);
  });
});

interface Focused {
  readonly name: string;
  readonly outline: string;
}

/** What the keyboard acts on, by the text of its label or its own, and whether one can see that. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  const name = (element.labels?.[0] ?? element).innerText.trim();
  return { name, outline: getComputedStyle(element).outlineStyle };
})()`;
