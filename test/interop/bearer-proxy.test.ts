import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearerProxy } from './support/bearer-proxy.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server behind a proxy with the token `t`; keeps the requests that reach it. */
async function behindProxy() {
  const requests: IncomingMessage[] = [];
  let gone = 0;
  const server = createServer((incoming, response) => {
    requests.push(incoming);
    response.once('close', () => (gone += 1));
    response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 's' });
    response.write('data: first\n\n');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  closing.push(() => (server.closeAllConnections(), server.close()));
  const { port } = server.address() as AddressInfo;
  const proxy = await startBearerProxy(`http://127.0.0.1:${port}/mcp`, 't');
  closing.push(() => proxy.close());
  return { requests, proxy, gone: () => gone };
}

/** The answer to a request whose headers are exactly these. */
function ask(url: string, headers: readonly string[]): Promise<IncomingMessage> {
  return new Promise((done, fail) => {
    const sent = request(url, { method: 'POST', headers }, done).once('error', fail);
    closing.push(() => sent.destroy());
    sent.end('{}');
  });
}

describe('the proxy that adds a token', () => {
  it('changes nothing else of a request, and passes a stream on while it is open', async () => {
    const { requests, proxy } = await behindProxy();
    const headers = [
      'Host',
      'evil.example',
      'Origin',
      'https://evil.example',
      'X-Twice',
      '1',
      'x-twice',
      '2',
    ];
    const answer = await ask(`${proxy.url}?a=b`, [...headers, 'Content-Length', '2']);
    expect(answer.headers).toMatchObject({ 'content-type': 'text/event-stream', 'mcp-session-id': 's' });
    const [chunk] = (await answer.iterator({ destroyOnReturn: false }).next()).value.toString().split('\n');
    expect(chunk).toBe('data: first');
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/mcp?a=b' });
    expect(requests[0]!.rawHeaders.slice(0, headers.length)).toEqual(headers);
    expect(requests[0]!.headers.authorization).toBe('Bearer t');
  });

  it('leaves a token alone that the program sends itself', async () => {
    const { requests, proxy } = await behindProxy();
    await ask(proxy.url, ['Host', 'localhost', 'Authorization', 'Bearer own', 'Content-Length', '2']);
    expect(requests[0]!.headers.authorization).toBe('Bearer own');
  });

  it('drops the request to the server when the program drops its own', async () => {
    const { proxy, gone } = await behindProxy();
    const answer = await ask(proxy.url, ['Host', 'localhost', 'Content-Length', '2']);
    answer.destroy();
    await expect.poll(gone).toBe(1);
  });
});
