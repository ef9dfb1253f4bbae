import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser of this machine: CHROMIUM_PATH, else what is on PATH. */
export function findChromium(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/**
 * Whether the tests of the pages can run. Where they can't, it says so; in CI they must.
 *
 * @throws in CI if there is no browser
 */
export function hasChromium(): boolean {
  if (findChromium() !== undefined) return true;
  const remedy = 'no Chromium found: install one (apt-get install chromium) or set CHROMIUM_PATH';
  if (process.env['CI']) throw new Error(remedy);
  process.stderr.write(`The pages are not tested, ${remedy}\n`);
  return false;
}

/** Starts a browser that asks nothing of the network by itself; its profile is new and is deleted in the end. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium()!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
