import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** A page, and what the browser had to complain about on the way. */
export interface Visitor {
  readonly page: Page;
  /** console errors, script errors, and requests that left loopback */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** What Chromium writes to the console where the page itself came with a 4xx status, which is no fault of the page. */
const ERROR_STATUS = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** A new person at the browser, without cookies. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    const { url } = message.location();
    const ofPage = ERROR_STATUS.test(message.text()) && url === page.url();
    if (['error', 'warning'].includes(message.type()) && !ofPage) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== 'localhost' && hostname !== '127.0.0.1')
      complaints.push(`request to ${request.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}
