import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { inspectorNetwork } from '../../src/cli/network/inspector-fetch.js';
import type { Fetch } from '../../src/shared/http/fetch.js';
import { globalFetch } from '../../src/shared/http/fetch.js';
import { inspect } from './support.js';

/** Both ways to the network: Node's own, and the one that proxies and `--insecure` load. */
const NETWORKS: readonly (readonly [name: string, fetch: () => Promise<Fetch>])[] = [
  ['fetch of Node', async () => globalFetch],
  [
    'the client for --insecure',
    async () => (await inspectorNetwork({ insecure: true, environment: {} })).fetch,
  ],
];

const open: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** @returns the URL of its MCP endpoint */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  open.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

const CHALLENGE = 'Bearer resource_metadata="/metadata"';

/** A server that asks for a token, and answers as `metadata` wherever its metadata is looked for. */
function listenWith(metadata: RequestListener): Promise<string> {
  return listen(
    createServer((request, response) => {
      const { host } = request.headers;
      if (request.method === 'GET') return metadata(request, response);
      const challenge = CHALLENGE.replace('/metadata', `http://${host}/metadata`);
      return response.writeHead(401, { 'www-authenticate': challenge }).end();
    }),
  );
}

/** Writes without end, as fast as it is read, and counts. */
function pour(
  out: NodeJS.WritableStream & { readonly destroyed?: boolean },
  piece: Buffer,
  count: { bytes: number },
) {
  const more = (): void => {
    while (!out.destroyed && count.bytes < 512 * 1024 * 1024) {
      count.bytes += piece.length;
      if (!out.write(piece)) return void out.once('drain', more);
    }
  };
  more();
}

describe.each(NETWORKS)('over real sockets, with %s, a server', (_name, network) => {
  async function inspectQuickly(target: string) {
    const started = performance.now();
    const inspected = await inspect(await network(), { target, timeoutSeconds: 0.5 });
    return { ...inspected, milliseconds: performance.now() - started };
  }

  it('that sends a bomb of gzip is read until 256 KiB came out of it', async () => {
    const count = { bytes: 0 };
    const target = await listenWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      const gzip = createGzip();
      gzip.pipe(response);
      response.once('close', () => gzip.destroy());
      pour(gzip, Buffer.alloc(64 * 1024, ' '), count);
    });
    const { document, failed, milliseconds } = await inspectQuickly(target);
    expect(failed?.reason).toContain('larger than 256 KiB');
    expect(document.exchanges.at(-1)?.response?.truncated).toBe(true);
    expect(count.bytes).toBeLessThan(256 * 1024 * 1024);
    expect(milliseconds).toBeLessThan(8000);
  });

  it('that never ends an answer is read until 256 KiB, and its connection is closed', async () => {
    const count = { bytes: 0 };
    let closed = 0;
    const target = await listenWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.once('close', () => (closed += 1));
      pour(response, Buffer.alloc(16 * 1024, ' '), count);
    });
    const { failed } = await inspectQuickly(target);
    expect(failed?.reason).toContain('larger than 256 KiB');
    await expect.poll(() => closed).toBeGreaterThan(0);
    expect(count.bytes).toBeLessThan(64 * 1024 * 1024);
  });

  it('that sends a byte now and then is left when its time is up', async () => {
    const target = await listenWith((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    });
    const { failed, milliseconds } = await inspectQuickly(target);
    expect(failed?.reason).toContain('did not end within 0.5 s');
    expect(milliseconds).toBeLessThan(8000);
  });

  it.each([
    ['a header', 'HTTP/1.1 200 OK\r\nx-long: ', 'x'.repeat(8192)],
    ['its headers', 'HTTP/1.1 200 OK\r\n', 'x-flood: x\r\n'.repeat(512)],
    ['its interim answers', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(256)],
  ])('that never ends %s ends in a finding', async (_what, head, piece) => {
    const count = { bytes: 0 };
    const target = await listen(
      createTcpServer((socket) => {
        socket.once('data', () => {
          socket.write(head);
          pour(socket, Buffer.from(piece), count);
        });
      }),
    );
    const { document, milliseconds } = await inspectQuickly(target);
    expect(document.outcome).toBe('unreachable');
    expect(document.exchanges[0]?.error).toMatch(/can be read|within 0\.5 s|closed without an answer/);
    expect(milliseconds).toBeLessThan(8000);
  });
});
