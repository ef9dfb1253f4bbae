import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { type LoopbackClient, newLoopbackClient } from './support/client.js';
import { newVisitor } from './support/visitor.js';

const PAGE_FAULTS = readFileSync(join(import.meta.dirname, 'support', 'page-faults.js'), 'utf8');

/** Where pictures of all pages go, for a person to look at. */
const SCREENSHOTS = process.env['SCREENSHOTS'];

const VIEWS = [1280, 320].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

/** As long as a name may be, without a place to break it, and with markup in it. */
const HOSTILE_NAME = `<script>alert(1)</script>${'W'.repeat(150)}`;

interface Situation {
  readonly name: string;
  readonly flags?: readonly string[];
  /** the client's metadata; without it the client does not register */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly clientId?: string;
  /** true if the client goes by the address of its metadata document */
  readonly described?: boolean;
  readonly parameters?: Readonly<Record<string, string | undefined>>;
  /** from the page that the authorization request leads to, to the one that is meant */
  readonly steps?: (page: Page, view: string) => Promise<void>;
  readonly shows: readonly (RegExp | string)[];
}

const demoSignIn = async (page: Page) => {
  await page.getByLabel('Password').fill('anything');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).waitFor();
};

const pageOfGrants = async (page: Page) => {
  await page.getByRole('link', { name: 'What you have allowed' }).click();
  await page.getByRole('heading', { level: 1, name: 'What you have allowed' }).waitFor();
};

/** To the client and back, to see what was allowed. */
const allowAndLook = async (page: Page) => {
  await demoSignIn(page);
  const consent = page.url();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.waitForURL(/\/callback\?/);
  await page.goto(new URL('/grants', consent).href);
};

/** Each view with a user name of its own, since wrong passwords are counted by that. */
const wrongSignIn = async (page: Page, userName: string) => {
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
};

const SITUATIONS: readonly Situation[] = [
  { name: 'login-demo', metadata: {}, shows: ['Sign in', /demo/i] },
  { name: 'login-users', flags: ['--user', 'alice:secret'], metadata: {}, shows: ['Sign in'] },
  {
    name: 'login-wrong-password',
    flags: ['--user', 'alice:secret'],
    metadata: {},
    steps: wrongSignIn,
    shows: [/^Wrong user name or password\.$/m],
  },
  {
    name: 'login-slowed',
    flags: ['--user', 'alice:secret'],
    metadata: {},
    steps: async (page, view) => {
      for (let tries = 0; tries < 4; tries += 1) await wrongSignIn(page, view);
    },
    shows: [/too many times\. Wait \d seconds?/],
  },
  {
    name: 'login-hint',
    flags: ['--user', 'alice:secret'],
    metadata: {},
    parameters: { login_hint: 'alice' },
    shows: ['Sign in'],
  },
  {
    name: 'login-for-grants',
    metadata: {},
    steps: async (page) => {
      await page.getByRole('link', { name: 'What you have allowed' }).click();
    },
    shows: ['to see what you have allowed'],
  },
  {
    name: 'grants-none',
    metadata: {},
    steps: async (page) => {
      await demoSignIn(page);
      await pageOfGrants(page);
    },
    shows: ['demo_user', 'No client may act for you at the moment'],
  },
  {
    name: 'grants',
    metadata: { client_name: HOSTILE_NAME },
    steps: allowAndLook,
    shows: [HOSTILE_NAME, '127.0.0.1', 'Since', 'Revoke'],
  },
  {
    name: 'grants-revoked',
    metadata: {},
    steps: async (page) => {
      await allowAndLook(page);
      await page.getByRole('button', { name: 'Revoke the access of Browser test' }).first().click();
    },
    shows: ['Browser test has no access any more.'],
  },
  {
    name: 'signed-out',
    metadata: {},
    steps: async (page) => {
      await demoSignIn(page);
      await pageOfGrants(page);
      await page.getByRole('button', { name: 'Sign out' }).click();
    },
    shows: ['You are signed out'],
  },
  {
    name: 'answered-already',
    metadata: {},
    steps: async (page) => {
      await demoSignIn(page);
      const consent = page.url();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.waitForURL(/\/callback\?/);
      await page.goto(consent);
    },
    shows: ['You have answered this already', 'You have allowed it.'],
  },
  { name: 'consent-registered', metadata: {}, steps: demoSignIn, shows: ['Browser test', '127.0.0.1'] },
  {
    name: 'consent-preset',
    flags: ['--client', 'demo-preset'],
    clientId: 'demo-preset',
    steps: demoSignIn,
    shows: ['demo-preset'],
  },
  {
    name: 'consent-adopted',
    clientId: 'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9',
    steps: demoSignIn,
    shows: ['f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9', /not known|unknown/i],
  },
  {
    name: 'consent-adopted-to-register',
    flags: ['--unknown-clients=reregister'],
    clientId: 'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9',
    steps: demoSignIn,
    shows: ['then you are asked once more'],
  },
  {
    name: 'consent-described-on-this-machine',
    flags: ['--cimd-allow-loopback'],
    described: true,
    steps: demoSignIn,
    shows: ['Described client', /That name is what a document at 127\.0\.0\.1:\d+ says/, 'any program there'],
  },
  {
    name: 'error-document-on-this-machine',
    described: true,
    shows: ["This client's document cannot be used", '--cimd-allow-loopback', '--registration=preset,dcr'],
  },
  {
    name: 'error-document-not-found',
    clientId: `https://${'very-long-label-of-a-host.'.repeat(5)}invalid/client.json`,
    shows: ["This client's document cannot be used", 'document_host_not_found'],
  },
  {
    name: 'consent-with-pages-of-the-client',
    metadata: { client_uri: 'http://127.0.0.1/about', policy_uri: `https://${'long.'.repeat(30)}example/` },
    steps: demoSignIn,
    shows: ['Its website', 'Its privacy policy', 'nobody has checked'],
  },
  {
    name: 'consent-hostile-name',
    metadata: { client_name: HOSTILE_NAME },
    steps: demoSignIn,
    shows: [HOSTILE_NAME],
  },
  {
    name: 'error-unknown-client',
    flags: ['--unknown-clients=reject'],
    clientId: 'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9',
    shows: [
      'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9',
      'Authentication: Remove Dynamic Authentication Providers',
      'Inspector',
    ],
  },
  {
    name: 'error-redirect-uri',
    metadata: {},
    parameters: { redirect_uri: 'https://evil.example/callback' },
    shows: [/redirect/i],
  },
  { name: 'error-no-client', parameters: { client_id: undefined }, shows: ['client_id'] },
];

describe.runIf(hasChromium())('the pages', () => {
  let browser: Browser;
  let pair: Listening | undefined;
  let client: LoopbackClient | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  describe.each(SITUATIONS)('$name', (situation) => {
    beforeAll(async () => {
      pair = await startPair(...(situation.flags ?? []));
      client = await newLoopbackClient(pair, situation.clientId);
    });

    afterAll(async () => {
      await client?.close();
      await pair?.stop();
    });

    it.each(VIEWS)('is readable and complete at $width px, $colorScheme', async ({ width, colorScheme }) => {
      const visitor = await newVisitor(browser, { viewport: { width, height: 800 }, colorScheme });
      try {
        const { page } = visitor;
        if (situation.metadata) await client!.register(situation.metadata);
        const ofDocument = situation.described ? { client_id: client!.documentUrl } : {};
        await page.goto(client!.authorizationUrl({ ...ofDocument, ...situation.parameters }));
        await situation.steps?.(page, `${width}-${colorScheme}`);
        const text = await page.locator('body').innerText();
        for (const shown of situation.shows)
          expect(text).toEqual(
            typeof shown === 'string' ? expect.stringContaining(shown) : expect.stringMatching(shown),
          );
        expect(await page.evaluate<string[]>(PAGE_FAULTS)).toEqual([]);
        expect(visitor.complaints).toEqual([]);
        if (SCREENSHOTS) {
          mkdirSync(SCREENSHOTS, { recursive: true });
          const file = `${situation.name}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: join(SCREENSHOTS, file), fullPage: true });
        }
      } finally {
        await visitor.close();
      }
    });
  });
});
