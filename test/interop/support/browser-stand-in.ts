import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { signIn } from './sign-in.js';

/** What stands where a program looks for the user's browser. */
export interface BrowserStandIn {
  /** for the environment of the program: nothing of this machine's desktop may shine through */
  readonly env: Readonly<Record<string, string>>;
  /** the redirect that the first sign-in ended with, after it was visited; rejects if signing in went wrong */
  readonly signedIn: Promise<URL>;
  close(): Promise<void>;
}

/** Hands its one argument to whoever listens at MCP_TEST_BROWSER. */
const OPENER = `#!${process.execPath}
const { request } = require('node:http');
request(process.env.MCP_TEST_BROWSER, { method: 'POST' }).end(process.argv.at(-1));
`;

/**
 * A browser for programs that open one themselves: signs the demo user in at the URL that it is given, allows, and
 * follows the redirect to the program.
 *
 * @param folder where the opener is written, under the names that programs look for; becomes HOME too
 */
export async function standInBrowser(folder: string): Promise<BrowserStandIn> {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['xdg-open', 'open']) {
    writeFileSync(join(bin, name), OPENER);
    chmodSync(join(bin, name), 0o755);
  }
  const server = createServer();
  const asked = new Promise<string>((resolve) => {
    server.on('request', (request, response) => {
      let url = '';
      request.setEncoding('utf8').on('data', (text: string) => (url += text));
      request.on('end', () => {
        response.end();
        resolve(url);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  const signedIn = asked.then(async (url) => {
    const redirect = await signIn(url);
    const page = await fetch(redirect);
    if (!page.ok)
      throw new Error(`the client answered its redirect with ${page.status}: ${await page.text()}`);
    return redirect;
  });
  // Whoever awaits it still gets the rejection; a test that failed before must not end the process with it.
  signedIn.catch(() => undefined);
  return {
    env: {
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      BROWSER: join(bin, 'xdg-open'),
      MCP_TEST_BROWSER: `http://127.0.0.1:${address.port}`,
    },
    signedIn,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
