import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/oauth/client.json';

/** A document that is up; `reads` says how often it was given out. */
export interface DocumentHost {
  readonly url: string;
  reads(): number;
  close(): Promise<void>;
}

/**
 * Serves one JSON document on a free port of 127.0.0.1, until it is closed.
 *
 * @param documentAt gives the document, once its URL is known
 */
export async function hostDocument(documentAt: (url: string) => object): Promise<DocumentHost> {
  let document = '';
  let reads = 0;
  const server = createServer((request, response) => {
    const status = statusFor(request);
    if (status === 200) reads += 1;
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' };
    response.writeHead(status, status === 200 ? headers : { connection: 'close' });
    response.end(status === 200 ? document : undefined);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  document = JSON.stringify(documentAt(url));
  return {
    url,
    reads: () => reads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A page that reached this machine under a name of its own (DNS rebinding) reads nothing here. */
function statusFor({ headers, socket, url, method }: IncomingMessage): 200 | 403 | 404 | 405 {
  if (headers.host !== `127.0.0.1:${socket.localPort}`) return 403;
  if (url !== PATH) return 404;
  return method === 'GET' ? 200 : 405;
}
