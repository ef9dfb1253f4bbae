import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openPort, type OpenPort, type WantedPort } from '../../src/cli/listen.js';
import { certificateForLoopback } from '../support/certificate.js';

const ports: OpenPort[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(ports.splice(0).map((port) => port.close()));
});

async function listen(wanted: Partial<WantedPort> = {}): Promise<OpenPort> {
  const port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', ...wanted });
  ports.push(port);
  port.serve({ fetch: async (request) => new Response(await request.text()) });
  return port;
}

/** Sends bytes and nothing more; gives what came back when the server ends the connection. */
function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => undefined);
  socket.write(bytes);
  return new Promise((done) => socket.once('close', () => done(answer)));
}

const SOON = { headers: 100, request: 200, handshake: 100, idle: 100, interval: 50 };

describe('a client that is slow', () => {
  it.each([
    ['sends nothing', ''],
    ['does not end its headers', 'POST / HTTP/1.1\r\nHost: localhost\r\nX: '],
    ['does not end its body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc'],
  ])('and %s is cut off with 408 after a while', async (_what, bytes) => {
    const { port } = await listen({ limits: SOON });
    expect(await answerTo(port, bytes)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('and does not go through the TLS handshake is cut off', async () => {
    const { cert, key } = await certificateForLoopback();
    const { port } = await listen({ limits: SOON, tls: { certificate: cert, key } });
    expect(await answerTo(port, '')).toBe('');
  });

  it('and has no next request is cut off without a word', async () => {
    const { port } = await listen({ limits: SOON });
    const answer = await answerTo(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).not.toContain(' 408 ');
  });
});

describe('headers', () => {
  it('of more than 16 KiB are answered 431', async () => {
    const { port } = await listen();
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`;
    expect(await answerTo(port, large)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('connections', () => {
  it('of which there are too many are not taken', async () => {
    const { port } = await listen({ limits: { connections: 1 } });
    const first = connect(port, '127.0.0.1');
    sockets.push(first);
    await new Promise((done) => first.once('connect', done));
    expect(await answerTo(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toBe('');
  });

  it.each(['plain http', 'https'])('that do nothing do not hold up the end of %s', async (scheme) => {
    const { cert, key } = await certificateForLoopback();
    const tls = scheme === 'https' ? { certificate: cert, key } : undefined;
    const open = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', tls });
    open.serve({ fetch: async () => new Response() });
    const ended = answerTo(open.port, '');
    await new Promise((done) => sockets.at(-1)!.once('connect', done));
    const asked = performance.now();
    await open.close();
    expect(performance.now() - asked).toBeLessThan(1000);
    await ended;
  });
});
