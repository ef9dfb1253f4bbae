import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { inspectorNetwork } from '../../src/cli/network/inspector-fetch.js';
import { nameOfProxy, proxiesOf } from '../../src/cli/network/proxies.js';
import { networkFailure } from '../../src/flows/exchange/network-failure.js';
import { globalFetch } from '../../src/shared/http/fetch.js';
import { certificateForLoopback } from '../support/certificate.js';

const open: { close(then?: () => void): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** @param tunnel the status that CONNECT is answered with */
async function listen(answer: RequestListener, tunnel = 405): Promise<string> {
  const server = createServer(answer);
  server.on('connect', (_request, socket) =>
    socket.end(`HTTP/1.1 ${tunnel} no\r\ncontent-length: 0\r\n\r\n`),
  );
  open.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function selfSigned(): Promise<string> {
  const server = createTlsServer(await certificateForLoopback(), (_request, response) => {
    response.writeHead(302, { location: '/elsewhere', 'set-cookie': ['a=1', 'b=2'] }).end('over TLS');
  });
  open.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `https://localhost:${(server.address() as AddressInfo).port}/`;
}

/** Why a request got no answer, in the words of the report. */
async function failureOf(promise: Promise<Response>): Promise<string> {
  return promise.then(
    ({ status }) => `answered with ${status}`,
    (error: unknown) => networkFailure(error),
  );
}

describe('the proxy of a URL', () => {
  const environment = {
    HTTP_PROXY: 'http://upper.example:1',
    http_proxy: 'http://lower.example:1',
    HTTPS_PROXY: 'tls.example:2',
    NO_PROXY: 'example.org, .internal.example *.dev.example,plain.example:8080 [2001:db8::1]',
  };
  it.each([
    ['http://mcp.example/', 'http_proxy'],
    ['https://mcp.example/', 'HTTPS_PROXY'],
    ['http://localhost:9000/', undefined],
    ['http://127.0.0.1/', undefined],
    ['http://[::1]:1/', undefined],
    ['https://example.org/', undefined],
    ['https://a.example.org/', undefined],
    ['https://notexample.org/', 'HTTPS_PROXY'],
    ['https://a.internal.example/', undefined],
    ['https://a.dev.example/', undefined],
    ['http://plain.example:8080/', undefined],
    ['http://plain.example/', 'http_proxy'],
    ['https://[2001:db8::1]/', undefined],
  ])('%s is named by %s', (url, variable) => {
    expect(proxiesOf(environment)(new URL(url))?.variable).toBe(variable);
  });

  it('is none for any host with NO_PROXY=*, and none where the variable is empty', () => {
    expect(proxiesOf({ ...environment, no_proxy: '*' })(new URL('https://mcp.example/'))).toBeUndefined();
    expect(proxiesOf({ https_proxy: '', HTTPS_PROXY: ' ' }).all).toEqual([]);
  });

  it('is told without its password', () => {
    expect(nameOfProxy({ variable: 'x', url: 'http://user:secret@proxy.example:3128' })).toBe(
      'http://proxy.example:3128',
    );
    expect(nameOfProxy({ variable: 'x', url: 'proxy.example:3128' })).toBe('http://proxy.example:3128');
    expect(nameOfProxy({ variable: 'x', url: 'socks5://proxy.example' })).toBeUndefined();
  });
});

describe('a request by way of a proxy', () => {
  async function through(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    tunnel?: number,
  ) {
    const proxy = await listen(answer, tunnel);
    const network = await inspectorNetwork({
      insecure: false,
      environment: { HTTP_PROXY: `http://user:secret@${proxy}`, HTTPS_PROXY: `http://user:secret@${proxy}` },
    });
    return { proxy, network };
  }

  it('reaches a host that only the proxy knows, with the login, and is told without it', async () => {
    let seen: IncomingMessage | undefined;
    const { proxy, network } = await through((request, response) => {
      seen = request;
      response.writeHead(302, { location: 'http://private.example/' }).end('from there');
    });
    const response = await network.fetch('http://mcp.invalid/mcp?a=1', {
      method: 'POST',
      body: 'hello',
      redirect: 'manual',
    });
    expect(response.status).toBe(302);
    expect(await response.text()).toBe('from there');
    expect(seen).toMatchObject({ method: 'POST', url: 'http://mcp.invalid/mcp?a=1' });
    expect(seen?.headers['proxy-authorization']).toBe(`Basic ${btoa('user:secret')}`);
    expect(network.proxies).toEqual([`http://${proxy}`]);
  });

  it.each([
    ['http', 407, 'wants a login, or another one (407)'],
    ['https', 407, 'wants a login, or another one (407)'],
    ['https', 403, 'did not let it through (403)'],
  ])('%s that it answers with %i: it %s', async (scheme, status, message) => {
    const { proxy, network } = await through(
      (_request, response) => response.writeHead(status).end(),
      status,
    );
    const variable = `${scheme.toUpperCase()}_PROXY`;
    expect(await failureOf(network.fetch(`${scheme}://mcp.invalid/`))).toBe(
      `the proxy http://${proxy} (${variable}) ${message}`,
    );
  });

  it('that is not there is told so, and not that the server is not there', async () => {
    const { proxy, network } = await through((_request, response) => response.end());
    for (const server of open.splice(0)) await new Promise<void>((done) => server.close(() => done()));
    expect(await failureOf(network.fetch('http://mcp.invalid/'))).toBe(
      `the proxy http://${proxy} (HTTP_PROXY) was not reached (ECONNREFUSED)`,
    );
  });

  it('is not sent, where the variable names no proxy by http', async () => {
    const environment = { HTTPS_PROXY: 'socks5://proxy.example' };
    const { fetch } = await inspectorNetwork({ insecure: false, environment });
    expect(await failureOf(fetch('https://mcp.invalid/'))).toContain('HTTPS_PROXY does not name a proxy');
  });

  it('is not what happens on loopback', async () => {
    const { network } = await through((_request, response) => response.writeHead(500).end());
    const direct = await listen((_request, response) => response.end('direct'));
    expect(await (await network.fetch(`http://${direct}/`)).text()).toBe('direct');
  });
});

describe('a certificate that nobody has signed', () => {
  it('is refused by default, and the message says what to do', async () => {
    const { fetch, tlsVerified } = await inspectorNetwork({ insecure: false, environment: {} });
    expect(fetch).toBe(globalFetch);
    expect(tlsVerified).toBe(true);
    expect(await failureOf(fetch(await selfSigned()))).toMatch(/NODE_EXTRA_CA_CERTS.*--insecure/);
  });

  it('is refused beside a proxy too', async () => {
    const { fetch } = await inspectorNetwork({
      insecure: false,
      environment: { HTTP_PROXY: 'http://p.invalid' },
    });
    expect(await failureOf(fetch(await selfSigned()))).toMatch(/--insecure/);
  });

  it('is taken with --insecure, redirects are not followed and cookies are kept apart', async () => {
    const { fetch, tlsVerified } = await inspectorNetwork({ insecure: true, environment: {} });
    const response = await fetch(await selfSigned(), { redirect: 'manual' });
    expect(tlsVerified).toBe(false);
    expect(response.status).toBe(302);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('over TLS');
  });
});

describe('a network for streams that stay open', () => {
  it('hands their pieces on as they come, and follows no redirect', async () => {
    let end = (): void => undefined;
    const place = await listen((request, response) => {
      if (request.url === '/moved') return response.writeHead(302, { location: '/' }).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
      end = () => response.end('data: 2\n\n');
      return undefined;
    });
    const { fetch } = await inspectorNetwork({ insecure: false, openEnded: true, environment: {} });
    expect((await fetch(`http://${place}/moved`, { redirect: 'manual' })).status).toBe(302);
    const reader = (await fetch(`http://${place}/`)).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n');
    end();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 2\n\n');
    expect((await reader.read()).done).toBe(true);
  });
});
