import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, launchChromium } from '../browser/support/chromium.js';
import { newVisitor } from '../browser/support/visitor.js';
import { type Listening, startPair } from '../support/cli.js';
import {
  callWithInspector,
  callWithMcpRemote,
  callWithSdkV1,
  callWithSdkV2,
  newProviderV1,
  newProviderV2,
} from './support/clients.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold } from './support/program.js';

/** Where pictures of the page go: `docs` for those in the documents (`npm run screenshots`). */
const SCREENSHOTS = process.env['SCREENSHOTS'];

const VIEWS = [
  { name: 'live-page', width: 1280, height: 1500, colorScheme: 'light' },
  { name: 'live-page-dark', width: 1280, height: 1500, colorScheme: 'dark' },
  { name: 'live-page-phone', width: 390, height: 844, colorScheme: 'light' },
] as const;

/** What the list of flows says of each: client, state and route. */
const LISTED = `[...document.querySelectorAll('[data-slot="flows"] ol > li')].map((item) => ({
  client: item.querySelector('strong').textContent,
  state: item.querySelector('.state').textContent,
  route: item.querySelector('.mark')?.textContent,
}))`;

describe.runIf(hasChromium())('the live page, while clients of others run side by side', () => {
  let browser: Browser;
  let pair: Listening;
  const households: Household[] = [];

  beforeAll(async () => {
    for (const name of ['node', 'inspector', 'mcpRemote'] as const) await programPath(PROGRAMS[name]);
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await pair.stop();
    await Promise.all(households.splice(0).map((household) => household.end()));
  });

  async function household(): Promise<Household> {
    const made = await newHousehold();
    households.push(made);
    return made;
  }

  it('shows the flow of each, told apart, with its route, and no one else', async () => {
    pair = await startPair('--client', 'demo-preset');
    const { issuer, resource } = pair;
    const visitor = await newVisitor(browser, { viewport: { width: 1280, height: 1000 } });
    await visitor.page.goto(`${issuer}/flows`);
    await Promise.all([
      callWithSdkV1(resource, newProviderV1()),
      callWithSdkV2(resource, newProviderV2()),
      callWithMcpRemote(resource, await household()),
      callWithInspector(resource, await household()),
      callWithInspector(resource, await household(), '--client-id', 'demo-preset'),
    ]);
    const completed = { state: 'completed' };
    await expect
      .poll(() => visitor.page.evaluate(LISTED), { timeout: 20_000 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ ...completed, client: 'MCP Inspector', route: 'dcr' }),
          expect.objectContaining({ ...completed, client: 'MCP Inspector', route: 'preset' }),
          expect.objectContaining({ ...completed, client: 'mcp-remote', route: 'dcr' }),
        ]),
      );
    const listed = (await visitor.page.evaluate(LISTED)) as readonly { route: string; state: string }[];
    expect(listed).toHaveLength(5);
    expect(listed.map(({ route }) => route).toSorted()).toEqual(['dcr', 'dcr', 'dcr', 'dcr', 'preset']);
    expect(listed.filter(({ state }) => state !== 'completed')).toEqual([]);
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
    if (SCREENSHOTS !== undefined) await takePictures(issuer, SCREENSHOTS);
  });

  async function takePictures(issuer: string, folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    for (const { name, width, height, colorScheme } of VIEWS) {
      const { page, close } = await newVisitor(browser, {
        viewport: { width, height },
        colorScheme,
        // Nothing is still on its way into the picture.
        reducedMotion: 'reduce',
      });
      await page.goto(`${issuer}/flows`);
      await page
        .getByRole('link', { name: /Inspector/ })
        .last()
        .click();
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await close();
    }
  }
});
