import { Agent, type IncomingMessage, request as startRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll } from 'vitest';
import { openPort, type OpenPort } from '../../src/cli/listen.js';
import type { WebApp } from '../../src/shared/http/fetch.js';

/** Whether this run goes over sockets; the configuration of vitest runs the same tests both ways. */
export const OVER_SOCKETS = process.env['MCP_OAUTH_DEMO_TEST_OVER'] === 'sockets';

/** Statuses of answers that have no body. */
const WITHOUT_BODY = [204, 205, 304];

const open: Promise<OpenPort>[] = [];
const connections = new Agent({ keepAlive: true });

afterAll(async () => {
  connections.destroy();
  await Promise.all(open.splice(0).map(async (port) => (await port).close()));
});

/** An app as the tests reach it: in this process, or over a socket where the whole run is to go over sockets. */
export function reached(app: WebApp): WebApp {
  return OVER_SOCKETS ? overSocket(app) : app;
}

/**
 * An app behind the listener of the command line. What is sent is what a client on the network sends for that URL; only
 * the connection goes to a loopback port, whatever host the URL names. Redirects are never followed.
 */
export function overSocket(app: WebApp): WebApp {
  let port: Promise<OpenPort> | undefined;
  const listen = async () => {
    const opened = await openPort({ host: '127.0.0.1', port: 0, flag: 'port' });
    opened.serve(app);
    return opened;
  };
  return {
    async fetch(request) {
      if (!port) open.push((port = listen()));
      return send(request, (await port).port);
    },
    close: () => app.close(),
  };
}

async function send(request: Request, port: number): Promise<Response> {
  const url = new URL(request.url);
  const named = request.headers.get('host');
  const body = Buffer.from(await request.arrayBuffer());
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = startRequest({
      agent: connections,
      host: '127.0.0.1',
      port,
      method: request.method,
      // A request for one host with another in `Host` has the first in its target, as a proxy would send it.
      path: named === null ? url.pathname + url.search : request.url,
      headers: {
        ...Object.fromEntries(request.headers),
        host: named ?? url.host,
        // Without it the body of a DELETE would be read as the next request.
        ...(body.length > 0 && { 'content-length': String(body.length) }),
      },
      signal: request.signal,
    });
    sent.once('response', resolve).once('error', reject);
    sent.end(body);
  });
  return responseFrom(answer);
}

async function responseFrom(answer: IncomingMessage): Promise<Response> {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2)
    headers.append(answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!);
  const body = await buffer(answer);
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
}
