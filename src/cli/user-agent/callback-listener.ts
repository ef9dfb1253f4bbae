import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a person may take to sign in. */
const LIMIT_MILLISECONDS = 5 * 60 * 1000;

const PATH = '/callback';

/** Where the authorization server sends the browser back to. */
export interface CallbackListener {
  readonly redirectUri: string;
  /**
   * Waits for the callback that has this `state`. Others get a page that says so: anybody can send a browser here.
   *
   * @returns the URL of the callback. If none came in time, the last one with another state, or undefined; undefined
   * also if the signal fired
   */
  callback(signal: AbortSignal, expected: Expected): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Which callback is waited for. */
export interface Expected {
  /** that was sent; null if none was */
  readonly state: string | null;
  /** is told of a callback with another state */
  readonly onOther?: () => void;
  /** milliseconds; five minutes if left out */
  readonly limit?: number;
}

/** What a callback is to who waits. */
type Arrival = 'expected' | 'other';

/** Takes a callback; `answered` calls back when its page is out, since the listener may be closed right after. */
type Waiting = (path: string, answered: (then: () => void) => void) => Arrival | undefined;

/**
 * Listens on a free port of 127.0.0.1 for callbacks, one after the other.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8252#section-7.3 RFC 8252 §7.3}
 */
export async function openCallbackListener(): Promise<CallbackListener> {
  let waiting: Waiting | undefined;
  const server = createServer((request, response) =>
    answer(request, response, (...args) => waiting?.(...args)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  return {
    redirectUri,
    callback: (signal, { state, onOther, limit = LIMIT_MILLISECONDS }) =>
      new Promise((resolve) => {
        const late = AbortSignal.timeout(limit);
        let other: string | undefined;
        const end = (url: string | undefined): void => {
          waiting = undefined;
          resolve(url);
        };
        waiting = (path, answered) => {
          const url = new URL(path, redirectUri);
          if (url.searchParams.get('state') === state) {
            answered(() => end(url.href));
            return 'expected';
          }
          other = url.href;
          onOther?.();
          return 'other';
        };
        if (signal.aborted) end(undefined);
        signal.addEventListener('abort', () => end(undefined), { once: true });
        late.addEventListener('abort', () => end(other), { once: true });
      }),
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

function answer(request: IncomingMessage, response: ServerResponse, arrived: Waiting): void {
  const allowed = statusFor(request);
  const arrival =
    allowed === 200 ? arrived(request.url ?? '', (then) => response.once('close', then)) : undefined;
  const status = allowed === 200 && arrival !== 'expected' ? 400 : allowed;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...(status === 405 && { allow: 'GET' }),
  });
  response.end(arrival === undefined ? STATUS_CODES[status] : PAGES[arrival]);
}

/** Nothing of the request is on a page: there is nothing to escape. */
const page = (title: string, text: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem; }
</style>
<h1>${title}</h1>
<p>${text}</p>
`;

const PAGES: Readonly<Record<Arrival, string>> = {
  expected: page(
    'Back to the terminal',
    'inspect-flow has the answer of the authorization server, and goes on there. You can close this page.',
  ),
  other: page(
    'Not the answer that was waited for',
    'Its state is not the one that inspect-flow sent, so it belongs to another sign-in, or the authorization server changed' +
      ' it. inspect-flow still waits for the right one.',
  ),
};
