import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowDocument, type FlowDocument } from '../../src/flows/index.js';
import { renderHtml } from '../../src/flows/render/html/page.js';
import { documentWith, HOSTILE_TEXTS, inTurn, longDocument } from '../flows/render/hostile-document.js';
import { run, startPair } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { newVisitor } from './support/visitor.js';

const PAGE_FAULTS = readFileSync(join(import.meta.dirname, 'support', 'page-faults.js'), 'utf8');

/** Where pictures of all pages go, for a person to look at. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

const VIEWS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** Runs in the page: headings in order, links that lead nowhere, and elements that a server could have brought in. */
const STRUCTURE = `({
  levels: [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) => Number(heading.tagName[1])),
  dead: [...document.querySelectorAll('a[href^="#"]')]
    .map((link) => link.getAttribute('href'))
    .filter((href) => document.getElementById(href.slice(1)) === null),
  foreign: [...document.querySelectorAll('script, img, iframe, object, embed, form, base, b')].map((element) => element.outerHTML),
  handlers: [...document.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes].filter(({ name, value }) => /^on/i.test(name) || /^\\s*javascript:/i.test(value)).map(({ name }) => name),
  ),
  style: getComputedStyle(document.querySelector('main > section')).borderRadius,
})`;

interface Structure {
  readonly levels: readonly number[];
  readonly dead: readonly string[];
  readonly foreign: readonly string[];
  readonly handlers: readonly string[];
  readonly style: string;
}

describe.runIf(hasChromium())('the HTML report', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    browser = await launchChromium();
    const pair = await startPair();
    const failing = await startPair('--unknown-clients=reject');
    try {
      await run(['inspect-flow', pair.resource, '--output', 'completed.html'], { cwd: folder });
      await run(['inspect-flow', pair.resource, '--output', 'trace.json'], { cwd: folder });
      await run(['inspect-flow', failing.resource, '--client-id=never-seen', '--output', 'failed.html'], {
        cwd: folder,
      });
    } finally {
      await pair.stop();
      await failing.stop();
    }
    const document: FlowDocument = flowDocument.parse(
      JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')),
    );
    const hostile = longDocument(documentWith(document, inTurn(HOSTILE_TEXTS)), 200, 'W'.repeat(400));
    writeFileSync(join(folder, 'hostile.html'), renderHtml(hostile));
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  describe.each(['completed', 'failed', 'hostile'])('of a %s flow', (name) => {
    it.each(VIEWS)(
      'is readable, whole and harmless at $width px, $colorScheme',
      async ({ width, colorScheme }) => {
        const visitor = await newVisitor(browser, { viewport: { width, height: 900 }, colorScheme });
        try {
          const { page } = visitor;
          page.on('dialog', (dialog) => {
            throw new Error(`a script ran: ${dialog.message()}`);
          });
          const requests: string[] = [];
          page.on('request', (request) => requests.push(request.url()));
          const url = pathToFileURL(join(folder, `${name}.html`)).href;
          await page.goto(url);
          expect(await page.evaluate<string[]>(PAGE_FAULTS)).toEqual([]);
          const { levels, dead, foreign, handlers, style } = await page.evaluate<Structure>(STRUCTURE);
          expect(levels[0]).toBe(1);
          levels.forEach((level, index) => expect(level - (levels[index - 1] ?? 1)).toBeLessThanOrEqual(1));
          expect({ dead, foreign, handlers }).toEqual({ dead: [], foreign: [], handlers: [] });
          // The policy lets the page's own style in.
          expect(style).toBe('12px');
          expect(requests.filter((request) => request !== url && !request.startsWith('data:'))).toEqual([]);
          expect(visitor.complaints.filter((complaint) => complaint !== `request to ${url}`)).toEqual([]);
          if (SCREENSHOTS)
            await page.screenshot({
              path: join(SCREENSHOTS, `report-${name}-${width}-${colorScheme}.png`),
              fullPage: true,
            });
        } finally {
          await visitor.close();
        }
      },
    );
  });

  it('leads from an arrow of the diagram to its exchange, and shows only the checks that are asked for', async () => {
    const visitor = await newVisitor(browser, { viewport: { width: 1280, height: 900 } });
    try {
      const { page } = visitor;
      await page.goto(pathToFileURL(join(folder, 'completed.html')).href);
      await page.locator('svg.wide a', { hasText: 'POST /token' }).first().click();
      const target = page.locator('article:target');
      expect(await target.innerText()).toMatch(/POST http:\/\/localhost:\d+\/token/);
      await target.getByText('Headers and bodies').click();
      expect(await target.locator('pre').first().isVisible()).toBe(true);
      const shown = page.locator('.checks > li:visible');
      const all = await shown.count();
      await page.getByRole('radio', { name: /Passed/ }).check();
      expect(await shown.count()).toBeLessThan(all);
      expect(await page.locator('.checks > li.pass:visible').count()).toBe(await shown.count());
    } finally {
      await visitor.close();
    }
  });
});
