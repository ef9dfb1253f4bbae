import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
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

/** A page that reached this machine under a name of its own (DNS rebinding) has nothing to say here. */
function isAddressedHere(request: IncomingMessage): boolean {
  return request.headers.host === `127.0.0.1:${request.socket.localPort}`;
}

function statusFor(request: IncomingMessage): 200 | 403 | 404 | 405 {
  if (!isAddressedHere(request)) return 403;
  const [path, query = ''] = (request.url ?? '').split(/\?(.*)/s);
  if (path !== PATH) return 404;
  if (request.method !== 'GET') return 405;
  return /(^|&)(code|error)=/.test(query) ? 200 : 404;
}

function answer(request: IncomingMessage, response: ServerResponse, arrived: (path: string) => void): void {
  const status = statusFor(request);
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 405 && { allow: 'GET' }),
  });
  response.end(status === 200 ? DONE : STATUS_CODES[status]);
  if (status === 200) response.once('close', () => arrived(request.url ?? ''));
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
