import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { openPort, type OpenPort, type WantedPort } from '../../src/cli/listen.js';
import type { ListenerRefusal } from '../../src/cli/refusal-tally.js';
import { createClientOf } from '../../src/shared/http/trusted-proxies.js';
import { certificateForLoopback } from '../support/certificate.js';

const ports: OpenPort[] = [];
const sockets: Socket[] = [];
const refused: ListenerRefusal[] = [];

afterEach(async () => {
  refused.length = 0;
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(ports.splice(0).map((port) => port.close()));
});

async function listen(
  wanted: Partial<WantedPort> = {},
  answer = async (request: Request) => new Response(await request.text()),
): Promise<OpenPort> {
  const port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', ...wanted });
  ports.push(port);
  port.serve({ fetch: answer }, (refusal) => refused.push(refusal));
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

/** Sends one GET; gives the body of the answer. */
function askOnce(port: number, https: boolean): Promise<string> {
  return new Promise((done, fail) => {
    const onAnswer = (answer: IncomingMessage) => void text(answer).then(done, fail);
    const where = { host: '127.0.0.1', port, agent: false as const };
    const sent = https
      ? httpsRequest({ ...where, rejectUnauthorized: false }, onAnswer)
      : httpRequest(where, onAnswer);
    sent.once('error', fail).end();
  });
}

const SOON = { headers: 100, request: 200, handshake: 100, idle: 100, interval: 50 };

describe('a client that is slow', () => {
  it.each([
    ['sends nothing', '', 'request_absent'],
    ['does not end its headers', 'POST / HTTP/1.1\r\nHost: localhost\r\nX: ', 'request_too_slow'],
    [
      'does not end its body',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc',
      'request_too_slow',
    ],
  ])('and %s is cut off with 408 after a while', async (_what, bytes, reason) => {
    const { port } = await listen({ limits: SOON });
    expect(await answerTo(port, bytes)).toMatch(/^HTTP\/1\.1 408 /);
    expect(refused).toEqual([{ address: '127.0.0.1', status: 408, reason }]);
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
    expect(refused).toEqual([]);
  });
});

describe('an answer that goes on', () => {
  it('is not cut off by the limits of requests and idle connections', async () => {
    const port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', limits: SOON });
    ports.push(port);
    const events = async function* () {
      for (let event = 0; event < 4; event += 1) {
        await new Promise((done) => setTimeout(done, 150));
        yield new TextEncoder().encode(`data: ${event}\n\n`);
      }
    };
    port.serve({
      fetch: async () =>
        new Response(ReadableStream.from(events()), { headers: { 'content-type': 'text/event-stream' } }),
    });
    const answer = await answerTo(
      port.port,
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(answer.match(/data: \d/g)).toHaveLength(4);
  });
});

describe('a method that web standards do not know', () => {
  it.each(['TRACE', 'CONNECT'])(
    'is answered, or its connection is ended, and the server goes on: %s',
    async (method) => {
      const { port } = await listen();
      const answer = await answerTo(
        port,
        `${method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toMatch(/^HTTP\/1\.1 5/);
      expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'x' })).status).toBe(200);
    },
  );
});

describe('headers', () => {
  it('of more than 16 KiB are answered 431', async () => {
    const { port } = await listen();
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17 * 1024)}\r\n\r\n`;
    expect(await answerTo(port, large)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('the end', () => {
  it('waits for requests that are being answered, by https too', async () => {
    const { cert, key } = await certificateForLoopback();
    for (const tls of [undefined, { certificate: cert, key }]) {
      const open = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', tls });
      let began!: () => void;
      const begun = new Promise<void>((resolve) => (began = resolve));
      open.serve({
        fetch: async () => {
          began();
          await new Promise((done) => setTimeout(done, 900));
          return new Response('answered');
        },
      });
      const answer = askOnce(open.port, tls !== undefined);
      await begun;
      await open.close();
      expect(await answer).toBe('answered');
    }
  });

  it('waits for a request that is still coming, and not for one that has stopped to come halfway', async () => {
    const { port, finish } = await listen();
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n';
    const stalled = answerTo(port, `${head}abc`);
    const coming = answerTo(port, head);
    const comingSocket = sockets.at(-1)!;
    let sent = 0;
    const sending = setInterval(() => {
      if (sent < 5) comingSocket.write(String((sent += 1)));
    }, 200);
    await new Promise((done) => setTimeout(done, 100));
    const asked = performance.now();
    await finish(10_000);
    expect(performance.now() - asked).toBeLessThan(5000);
    clearInterval(sending);
    expect(await coming).toMatch(/^HTTP\/1\.1 200 [^]*12345$/);
    expect(await stalled).toBe('');
  });

  it('does not wait for ever', async () => {
    const open = await openPort({ host: '127.0.0.1', port: 0, flag: 'port' });
    let began!: () => void;
    const begun = new Promise<void>((resolve) => (began = resolve));
    open.serve({ fetch: () => (began(), new Promise(() => undefined)) });
    const answer = askOnce(open.port, false).catch(() => 'cut off');
    await begun;
    const asked = performance.now();
    await open.close();
    expect(performance.now() - asked).toBeLessThan(3000);
    expect(await answer).toBe('cut off');
  });
});

describe('connections', () => {
  it('of which there are too many are not taken', async () => {
    const { port } = await listen({ limits: { connections: 1 } });
    const first = connect(port, '127.0.0.1');
    sockets.push(first);
    await new Promise((done) => first.once('connect', done));
    expect(await answerTo(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toBe('');
    expect(refused).toEqual([{ address: '127.0.0.1', reason: 'connections_too_many' }]);
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

describe('X-Forwarded-For', () => {
  /** What an app is told of who sends a request with this header. */
  async function senderOf(wanted: Partial<WantedPort>, ...headers: readonly string[]): Promise<string> {
    const port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port', ...wanted });
    ports.push(port);
    port.serve({ fetch: async (_request, peer) => new Response(`<${peer?.address}>`) });
    const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Connection: close', ...headers, '', ''];
    return /<(.*)>/.exec(await answerTo(port.port, lines.join('\r\n')))?.[1] ?? '';
  }

  it('is not believed unless the proxy is trusted', async () => {
    const claims = ['X-Forwarded-For: 203.0.113.7', 'Forwarded: for=203.0.113.7', 'X-Real-IP: 203.0.113.7'];
    expect(await senderOf({}, ...claims)).toBe('127.0.0.1');
    expect(await senderOf({ clientOf: createClientOf(['10.0.0.0/8']) }, ...claims)).toBe('127.0.0.1');
  });

  it('of a trusted proxy is, from its end, also where it is there several times', async () => {
    const clientOf = createClientOf(['loopback', '10.0.0.0/8']);
    expect(await senderOf({ clientOf }, 'X-Forwarded-For: 192.0.2.1, 203.0.113.7')).toBe('203.0.113.7');
    expect(
      await senderOf({ clientOf }, 'X-Forwarded-For: 192.0.2.1, 203.0.113.7', 'X-Forwarded-For: 10.0.0.9'),
    ).toBe('203.0.113.7');
    expect(await senderOf({ clientOf }, 'Forwarded: for=203.0.113.7', 'X-Real-IP: 203.0.113.7')).toBe(
      '127.0.0.1',
    );
  });

  it('of a trusted proxy tells who sent what was refused before it came to an app', async () => {
    const { port } = await listen({ clientOf: createClientOf(['loopback']) });
    await answerTo(port, 'GET /x/../y HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n');
    expect(refused).toEqual([{ address: '203.0.113.7', status: 400, reason: 'request_ambiguous' }]);
  });
});

describe('a client that does not read', () => {
  it('what it has asked for is cut off, and one that reads gets all of it', async () => {
    const body = new Uint8Array(32 * 1024 * 1024);
    const { port } = await listen(
      { limits: { reading: 1000, interval: 50 } },
      async () => new Response(body),
    );
    const silent = connect(port, '127.0.0.1');
    sockets.push(silent);
    silent.on('error', () => undefined).pause();
    silent.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const read = await fetch(`http://127.0.0.1:${port}/`).then((response) => response.arrayBuffer());
    expect(read.byteLength).toBe(body.length);
    await new Promise((done) => setTimeout(done, 1500));
    let received = 0;
    silent.on('data', (chunk) => (received += chunk.length)).resume();
    await new Promise((done) => silent.once('close', done));
    expect(received).toBeLessThan(body.length);
  });
});

describe('a client that reads slowly', () => {
  it.each(['http', 'https'])('but steadily gets all of one large answer by %s', async (scheme) => {
    const body = new Uint8Array(32 * 1024 * 1024);
    const { cert, key } = await certificateForLoopback();
    const tls = scheme === 'https' ? { certificate: cert, key } : undefined;
    const limits = { reading: 1000, interval: 50 };
    const { port } = await listen({ limits, tls }, async () => new Response(body));
    const where = { port, host: '127.0.0.1' };
    const slow = tls ? tlsConnect({ ...where, rejectUnauthorized: false }) : connect(where);
    sockets.push(slow);
    slow.on('error', () => undefined);
    slow.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    let received = 0;
    const ended = new Promise((done) => slow.once('close', done));
    const reading = setInterval(() => slow.resume(), 50);
    slow.on('data', (chunk: Buffer) => {
      received += chunk.length;
      // About 400 KiB of each 50 milliseconds: 4 seconds for all of it.
      if (Math.floor(received / 400_000) > Math.floor((received - chunk.length) / 400_000)) slow.pause();
    });
    await ended;
    clearInterval(reading);
    expect(received).toBeGreaterThan(body.length);
  });
});

describe('connections of one address', () => {
  const sharing = { limits: { perAddress: 2 } };
  const open = async (port: number) => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await new Promise((done) => socket.once('connect', done));
  };
  const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

  it('are not taken beyond its share, until one of them ends', async () => {
    const { port } = await listen({ ...sharing, holdsMany: () => false });
    await open(port);
    await open(port);
    expect(await answerTo(port, REQUEST)).toBe('');
    expect(refused).toEqual([{ address: '127.0.0.1', reason: 'connections_too_many' }]);
    sockets[0]!.destroy();
    await expect.poll(() => answerTo(port, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('are as many as they like where it is this machine', async () => {
    const { port } = await listen(sharing);
    for (let at = 0; at < 5; at += 1) await open(port);
    expect(await answerTo(port, REQUEST)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
