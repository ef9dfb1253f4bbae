import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a person may take to sign in. */
const LIMIT_MILLISECONDS = 5 * 60 * 1000;

const PATH = '/callback';

/** Where the authorization server sends the browser back to. */
export interface CallbackListener {
  readonly redirectUri: string;
  /** @returns the URL of the callback, or undefined if none came in time or the signal fired */
  callback(signal: AbortSignal): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1 for one callback.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 RFC 8252 §7.3}
 */
export async function openCallbackListener(): Promise<CallbackListener> {
  let arrived: (url: string) => void = () => undefined;
  const arrival = new Promise<string>((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request, response) => answer(request, response, arrived));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  return {
    redirectUri,
    callback: (signal) => {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MILLISECONDS)]);
      return Promise.race([
        arrival.then((path) => new URL(path, redirectUri).href),
        new Promise<undefined>((resolve) => {
          if (ended.aborted) resolve(undefined);
          ended.addEventListener('abort', () => resolve(undefined), { once: true });
        }),
      ]);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(request: IncomingMessage, response: ServerResponse, arrived: (path: string) => void): void {
  const path = request.url ?? '';
  const isCallback =
    request.method === 'GET' && path.split('?', 1)[0] === PATH && /[?&](code|error)=/.test(path);
  response.writeHead(isCallback ? 200 : 404, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(isCallback ? DONE : 'Not found');
  if (isCallback) response.once('close', () => arrived(path));
}

/** Nothing of the request is on the page: there is nothing to escape. */
const DONE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Back to the terminal</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem; }
</style>
<h1>Back to the terminal</h1>
<p>inspect-flow has the answer of the authorization server, and goes on there. You can close this page.</p>
`;
