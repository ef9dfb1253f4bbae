import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listening, run, start, startPair } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { newVisitor, type Visitor } from './support/visitor.js';

const PAGE_FAULTS = readFileSync(join(import.meta.dirname, 'support', 'page-faults.js'), 'utf8');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where pictures of all pages go, for a person to look at. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

const VIEWS = [1400, 375].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** Runs in the page; its value is a list of what axe finds, with where. */
const RUN_AXE = `axe.run().then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 160)).join(' | ')))`;

/** Sends a client through the whole flow. */
async function runClient({ resource }: Listening, ...flags: readonly string[]): Promise<void> {
  await run(['inspect-flow', resource, '--headless', '--no-cross-origin', '--quiet', ...flags]);
}

function flowsAt({ issuer }: Listening): string {
  return `${issuer}/flows`;
}

describe.runIf(hasChromium())('the live page', () => {
  let browser: Browser;
  let pair: Listening;

  beforeAll(async () => {
    browser = await launchChromium();
    pair = await startPair();
  });

  afterAll(async () => {
    await browser.close();
    await pair.stop();
  });

  async function open(
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor & { readonly requests: string[] }> {
    const visitor = await newVisitor(browser, { reducedMotion: 'reduce', ...options });
    const requests: string[] = [];
    visitor.page.on('request', (request) => requests.push(request.url()));
    await visitor.page.goto(url);
    return { ...visitor, requests };
  }

  const isLive = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

  it('grows while a client moves, without being loaded again, and tells of it in a line', async () => {
    const visitor = await open(flowsAt(pair));
    try {
      const { page, complaints, requests } = visitor;
      await page.getByText('No client has come yet').waitFor();
      await isLive(page);
      await page.evaluate('document.documentElement.dataset.same = "yes"');
      const lengths: number[] = [];
      const running = runClient(pair);
      let hasEnded = false;
      void running.then(() => (hasEnded = true));
      while (!hasEnded) {
        lengths.push(await page.locator('svg.wide .message').count());
        await page.waitForTimeout(50);
      }
      await page.locator('#flow-title').filter({ hasText: 'completed' }).waitFor();
      expect(new Set(lengths).size).toBeGreaterThan(2);
      expect(lengths).toEqual(lengths.toSorted((one, other) => one - other));
      await expect.poll(() => page.locator('#latest').textContent()).toMatch(/^f\d+ /);
      expect(await page.evaluate('document.documentElement.dataset.same')).toBe('yes');
      expect(requests.filter((url) => !url.startsWith('data:')).map((url) => new URL(url).pathname)).toEqual([
        '/flows',
        '/flows/live.js',
        '/flows/view',
      ]);
      expect(complaints).toEqual([]);
    } finally {
      await visitor.close();
    }
  });

  it('leaves alone what was opened, has the focus or is selected while a client moves', async () => {
    const visitor = await open(flowsAt(pair));
    try {
      const { page, complaints } = visitor;
      await page.locator('[id^="item-f"] a').last().click();
      await isLive(page);
      const summary = page.locator('.exchange summary').first();
      await summary.focus();
      await page.keyboard.press('Enter');
      await page.evaluate('getSelection().selectAllChildren(document.querySelector("#flow-title"))');
      const title = await page.locator('#flow-title').textContent();
      const before = await page.locator('[id^="item-f"]').count();
      await page.evaluate('scrollTo(0, 600)');
      const scrolled = await page.evaluate<number>('scrollY');
      await runClient(pair, '--client-id', 'focus-test');
      await expect.poll(() => page.locator('[id^="item-f"]').count()).toBeGreaterThan(before);
      expect(await page.locator('.exchange details[open]').count()).toBe(1);
      expect(
        await page.evaluate('document.activeElement === document.querySelector(".exchange summary")'),
      ).toBe(true);
      expect(await page.evaluate('getSelection().toString().trim()')).toBe(title?.trim());
      expect(await page.evaluate('scrollY')).toBe(scrolled);
      expect(complaints).toEqual([]);
    } finally {
      await visitor.close();
    }
  });

  it('tells several clients apart that run at once, and shows those of one', async () => {
    await Promise.all(['one', 'two', 'three'].map((id) => runClient(pair, '--client-id', `at-once-${id}`)));
    const visitor = await open(`${flowsAt(pair)}?client=at-once-two`);
    try {
      const { page, complaints } = visitor;
      await isLive(page);
      expect(await page.locator('[id^="item-f"]').count()).toBe(1);
      await page.locator('dd code').filter({ hasText: 'at-once-two' }).first().waitFor();
      await page.getByRole('link', { name: 'All clients' }).click();
      await expect.poll(() => page.locator('[id^="item-f"]').count()).toBeGreaterThanOrEqual(3);
      await page.locator('#more-clients summary').click();
      await page.getByLabel('Only this client_id').fill('at-once-three');
      await page.keyboard.press('Enter');
      await page.waitForURL(/client=at-once-three/);
      expect(await page.locator('[id^="item-f"]').count()).toBe(1);
      expect(complaints).toEqual([]);
    } finally {
      await visitor.close();
    }
  });

  it.each(VIEWS)(
    'is readable, whole and usable at $width px, $colorScheme',
    async ({ width, colorScheme }) => {
      await runClient(pair, '--client-id', 'seen');
      const visitor = await open(`${flowsAt(pair)}?client=seen`, {
        viewport: { width, height: 900 },
        colorScheme,
        bypassCSP: true,
      });
      try {
        const { page, complaints } = visitor;
        await isLive(page);
        await page.locator('#flow-title').waitFor();
        expect(await page.evaluate<string[]>(PAGE_FAULTS)).toEqual([]);
        await page.evaluate(AXE);
        expect(await page.evaluate<string[]>(RUN_AXE)).toEqual([]);
        expect(complaints).toEqual([]);
        if (SCREENSHOTS) {
          mkdirSync(SCREENSHOTS, { recursive: true });
          await page.screenshot({
            path: join(SCREENSHOTS, `flows-${width}-${colorScheme}.png`),
            fullPage: true,
          });
        }
      } finally {
        await visitor.close();
      }
    },
  );

  it('can be used with the keyboard alone', async () => {
    const visitor = await open(flowsAt(pair));
    try {
      const { page } = visitor;
      await isLive(page);
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the flow');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('shown');
      const reached = new Set<string>();
      for (let count = 0; count < 60; count += 1) {
        await page.keyboard.press('Tab');
        reached.add(
          await page.evaluate<string>(
            '(document.activeElement.closest("svg") ? "diagram" : document.activeElement.tagName)',
          ),
        );
      }
      expect([...reached]).toEqual(expect.arrayContaining(['A', 'diagram', 'SUMMARY']));
    } finally {
      await visitor.close();
    }
  });

  it('says the same without its script', async () => {
    const visitor = await open(flowsAt(pair), { javaScriptEnabled: false });
    try {
      const { page } = visitor;
      expect(await page.locator('#connection').textContent()).toContain('Reload to see what came since');
      await page.locator('[id^="item-f"] a').first().click();
      expect(await page.locator('svg.wide .message').count()).toBeGreaterThan(5);
      expect(await page.getByRole('link', { name: 'HAR' }).getAttribute('href')).toMatch(
        /^\/flows\/f\d+\.har$/,
      );
    } finally {
      await visitor.close();
    }
  });

  it('goes on with the server that comes after this one, and shows its flows', async () => {
    const first = await startPair();
    const { port } = new URL(first.issuer);
    await runClient(first, '--client-id', 'before-restart');
    const visitor = await open(`${flowsAt(first)}?flow=f1`);
    try {
      const { page } = visitor;
      await isLive(page);
      await first.stop();
      await page.getByRole('status').filter({ hasText: 'Disconnected, trying again' }).waitFor();
      const second = await listening(
        start(['all', '--as-port', port, '--rs-port', '0', '--log-format', 'json']),
      );
      try {
        await isLive(page);
        await page.getByText('No client has come yet').waitFor();
        await runClient(second, '--client-id', 'after-restart');
        await page.locator('dd code').filter({ hasText: 'after-restart' }).first().waitFor();
      } finally {
        await second.stop();
      }
    } finally {
      await visitor.close();
    }
  });

  it('forgets a client on a click, and says what came of it', async () => {
    await runClient(pair, '--client-id', 'to-be-forgotten');
    const visitor = await open(`${flowsAt(pair)}?client=to-be-forgotten`);
    try {
      const { page, complaints } = visitor;
      await isLive(page);
      await page.locator('form:has(input[value="forget"]) button').click();
      await page.getByRole('region', { name: 'What came of it' }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await visitor.close();
    }
  });
});
