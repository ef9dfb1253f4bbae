import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createFormPoster } from '../../src/cli/post-form.js';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** Listens on loopback until the test is over. */
async function listen(server: Server, port = 0): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  stops.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function createPoster() {
  const poster = createFormPoster();
  stops.push(() => poster.close());
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return {
    post: (url: string) => poster.post(url, { headers, body: 'token=x', signal: AbortSignal.timeout(5000) }),
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('a form that is posted', () => {
  it('arrives over a kept connection that the other side closes just then: it is sent once more', async () => {
    const seen = new Map<Socket, number>();
    const handle: Handler = (request, response) => {
      const requests = (seen.get(request.socket) ?? 0) + 1;
      seen.set(request.socket, requests);
      if (requests > 1) request.socket.destroy();
      else response.end('answered');
    };
    const url = await listen(createServer(handle));
    const { post } = createPoster();
    expect(await post(url)).toEqual({ status: 200, body: 'answered' });
    // The connection is free again once its response has been read to the end.
    await setTimeout(20);
    expect(await post(url)).toEqual({ status: 200, body: 'answered' });
    expect([...seen.values()]).toEqual([2, 1]);
  });

  it('arrives after a restart of the other side, however many are sent at once', async () => {
    const handle: Handler = (_request, response) => response.end('answered');
    const first = createServer(handle);
    const url = await listen(first);
    const { post } = createPoster();
    const many = () => Promise.all(Array.from({ length: 20 }, async () => (await post(url)).status));
    expect(new Set(await many())).toEqual(new Set([200]));
    first.closeAllConnections();
    await new Promise((closed) => first.close(closed));
    await listen(createServer(handle), Number(new URL(url).port));
    expect(new Set(await many())).toEqual(new Set([200]));
  });

  it('is not sent a third time', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
      socket.on('error', () => {});
    });
    const url = await listen(server);
    await expect(createPoster().post(url)).rejects.toThrow();
    expect(connections).toBe(2);
  });

  it('is not sent again where an answer had begun', async () => {
    let requests = 0;
    const handle: Handler = (request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      void setTimeout(20).then(() => request.socket.destroy());
    };
    const url = await listen(createServer(handle));
    await expect(createPoster().post(url)).rejects.toThrow();
    expect(requests).toBe(1);
  });

  it('does not follow a redirect, which would show the token to somebody else', async () => {
    let requests = 0;
    const handle: Handler = (_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    };
    const url = await listen(createServer(handle));
    expect(await createPoster().post(`${url}/introspect`)).toMatchObject({ status: 307 });
    expect(requests).toBe(1);
  });

  it('is not answered with more than 64 KiB', async () => {
    const handle: Handler = (_request, response) => response.end('a'.repeat(65 * 1024));
    const url = await listen(createServer(handle));
    await expect(createPoster().post(url)).rejects.toThrow(/size/i);
  });
});
