import { gzipSync } from 'node:zlib';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { createDocumentFetcher, type LookupAll } from '../../src/cli/fetch-document.js';
import { DocumentFetchError } from '../../src/shared/http/document.js';
import { verifies } from '../verifies.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function fetcher(options: Partial<Parameters<typeof createDocumentFetcher>[0]> = {}) {
  const made = createDocumentFetcher({ allowLoopback: true, ...options });
  opened.push(made);
  return made.fetchDocument;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

/** @returns the URL of what answers */
async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}/client.json`;
}

const request = (over: { maxBytes?: number; milliseconds?: number } = {}) => ({
  headers: { accept: 'application/json' },
  maxBytes: over.maxBytes ?? 5120,
  signal: AbortSignal.timeout(over.milliseconds ?? 3000),
});

/** A name server that knows one answer. */
const answering =
  (...addresses: string[]): LookupAll =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

async function faultOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (thrown) {
    if (!(thrown instanceof DocumentFetchError)) throw thrown;
    return thrown.fault;
  }
}

describe('fetching a document', () => {
  it('gives status, headers and body of the answer, and sends nothing but what it was told', async () => {
    let sent: unknown;
    const url = await serve(({ method, url: path, headers }, response) => {
      sent = { method, path, headers };
      response.writeHead(200, { 'content-type': 'application/json', ETag: '"1"' }).end('{"a":"ü"}');
    });
    const answer = await fetcher()(`${url}?a=b`, request());
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', etag: '"1"' },
      body: '{"a":"ü"}',
    });
    expect(sent).toEqual({
      method: 'GET',
      path: '/client.json?a=b',
      headers: { accept: 'application/json', host: new URL(url).host, connection: 'keep-alive' },
    });
  });

  it('follows no redirect', async () => {
    const paths: (string | undefined)[] = [];
    const url = await serve(({ url: path }, response) => {
      paths.push(path);
      response.writeHead(302, { location: '/other.json' }).end();
    });
    expect(await fetcher()(url, request())).toMatchObject({ status: 302 });
    expect(paths).toEqual(['/client.json']);
  });

  it.each([302, 404, 500])(
    'reads no body of an answer with status %i, however large it is',
    async (status) => {
      let closed = false;
      const url = await serve((_request, response) => {
        response.on('close', () => (closed = true));
        response.writeHead(status).write('x'.repeat(100_000));
      });
      expect(await fetcher()(url, request())).toMatchObject({ status, body: '' });
      while (!closed) await pause(1);
    },
  );

  it('asks for no compression, and inflates nothing', async () => {
    const bomb = gzipSync('x'.repeat(1_000_000));
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb);
    });
    expect((await fetcher()(url, request())).body.length).toBeLessThan(bomb.length + 1);
  });

  verifies(
    ['cimd-6.6-size'],
    'stops to read a body that is too large, whatever length it has announced',
    async () => {
      let written = 0;
      let closed = false;
      const url = await serve((_request, response) => {
        response.writeHead(200);
        response.on('close', () => (closed = true));
        const more = setInterval(() => {
          if (closed) clearInterval(more);
          else response.write('x'.repeat(1000));
          written += 1000;
        }, 1);
      });
      expect(await faultOf(fetcher()(url, request({ maxBytes: 5120 })))).toBe('document_too_large');
      while (!closed) await pause(1);
      expect(written).toBeLessThan(200_000);
    },
  );

  it('takes a body of exactly the size that is allowed', async () => {
    const url = await serve((_request, response) => void response.end('x'.repeat(5120)));
    expect((await fetcher()(url, request({ maxBytes: 5120 }))).body).toHaveLength(5120);
    expect(await faultOf(fetcher()(url, request({ maxBytes: 5119 })))).toBe('document_too_large');
  });

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['answers byte by byte', (_request, response) => void response.writeHead(200).write('{')],
  ])('waits no longer than it was told for a host that %s', async (_what, listener) => {
    const url = await serve(listener);
    expect(await faultOf(fetcher()(url, request({ milliseconds: 100 })))).toBe('document_timeout');
  });

  it('waits no longer for a name server either', async () => {
    const fetchDocument = fetcher({ lookup: () => undefined });
    expect(await faultOf(fetchDocument('https://app.example/c', request({ milliseconds: 100 })))).toBe(
      'document_timeout',
    );
  });

  it('lets look-ups that never end hold up sixteen others at most', async () => {
    const ends: (() => void)[] = [];
    const stuck: LookupAll = (hostname, options, callback) =>
      void ends.push(() => answering('10.0.0.1')(hostname, options, callback));
    const fetchDocument = fetcher({ lookup: stuck });
    const ask = (n: number) =>
      faultOf(fetchDocument(`https://h${n}.example/c`, request({ milliseconds: 50 })));
    const faults = await Promise.all(Array.from({ length: 18 }, (_unused, n) => ask(n)));
    expect(faults.filter((fault) => fault === 'document_timeout')).toHaveLength(16);
    expect(faults.filter((fault) => fault === 'document_busy')).toHaveLength(2);
    expect(await ask(19)).toBe('document_busy');
    ends.forEach((end) => end());
    expect(await ask(20)).toBe('document_timeout');
    expect(ends).toHaveLength(17);
  });

  it('tells what stands in the way', async () => {
    const url = await serve((_request, response) => void response.destroy());
    expect(await faultOf(fetcher()(url, request()))).toBe('document_unreachable');
    const port = await listen(createServer());
    opened.splice(-1).forEach((one) => one.close());
    expect(await faultOf(fetcher()(`http://127.0.0.1:${port}/`, request()))).toBe('document_unreachable');
    const noSuchName: LookupAll = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    const fetchDocument = fetcher({ lookup: noSuchName });
    expect(await faultOf(fetchDocument('https://app.example/c', request()))).toBe('document_host_not_found');
  });

  verifies(['oauth2.1-1.5-certificates'], 'takes no certificate that nobody vouches for', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
    const port = await listen(
      createTlsServer({ key, cert }, (_request, response) => void response.end('{}')),
    );
    expect(await faultOf(fetcher()(`https://localhost:${port}/c`, request()))).toBe('document_tls_failed');
  });
});

describe('an address that is not public', () => {
  verifies.each([
    ['a name that resolves to loopback', 'http://app.example:PORT/c', ['127.0.0.1']],
    [
      'a name with one such address among good ones',
      'http://app.example:PORT/c',
      ['93.184.215.14', '127.0.0.1'],
    ],
    ['a name that resolves to loopback in IPv6', 'http://app.example:PORT/c', ['::1']],
    ['a name that resolves to the metadata service of clouds', 'http://app.example/c', ['169.254.169.254']],
    ['a name that resolves to nothing', 'http://app.example/c', []],
    ['a name of loopback that resolves elsewhere', 'http://localhost/c', ['10.0.0.1']],
    ['an address', 'http://10.0.0.1/c', []],
    ['an IPv6 address', 'http://[fd00::1]/c', []],
    ['an IPv4 address in an IPv6 one', 'http://[::ffff:127.0.0.1]:PORT/c', []],
    ['an address as one number', 'http://2130706433:PORT/c', []],
  ])(
    ['cimd-6.5-private-addresses', 'mcp-cimd-ssrf'],
    'is not connected to: %s',
    async (what, url, addresses) => {
      let connections = 0;
      const server = createServer();
      server.on('connection', () => (connections += 1));
      const target = url.replace('PORT', String(await listen(server)));
      const allowLoopback = !what.startsWith('an address as');
      const fetchDocument = fetcher({ allowLoopback, lookup: answering(...addresses) });
      expect(await faultOf(fetchDocument(target, request()))).toBe('document_address_not_public');
      expect(connections).toBe(0);
    },
  );

  it('is loopback too, unless that is allowed', async () => {
    const url = await serve((_request, response) => void response.end('{}'));
    expect(await faultOf(fetcher({ allowLoopback: false })(url, request()))).toBe(
      'document_address_not_public',
    );
    expect((await fetcher()(url, request())).status).toBe(200);
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await faultOf(fetcher({ allowLoopback: false })(named, request()))).toBe(
      'document_address_not_public',
    );
    expect((await fetcher({ lookup: answering('127.0.0.1') })(named, request())).status).toBe(200);
  });

  it('is found out in the look-up of the connection: the name is resolved once', async () => {
    let lookups = 0;
    const rebinding: LookupAll = (hostname, options, callback) => {
      lookups += 1;
      answering(lookups === 1 ? '127.0.0.1' : '10.0.0.1')(hostname, options, callback);
    };
    const url = (await serve((_request, response) => void response.end('{}'))).replace(
      '127.0.0.1',
      'localhost',
    );
    expect((await fetcher({ lookup: rebinding })(url, request())).status).toBe(200);
    expect(lookups).toBe(1);
  });
});
