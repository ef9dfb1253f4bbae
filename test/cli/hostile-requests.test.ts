import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/as/index.js';
import { openPort, type OpenPort } from '../../src/cli/listen.js';
import type { ListenerRefusal } from '../../src/cli/refusal-tally.js';
import { createResourceServer } from '../../src/rs/index.js';
import type { WebApp } from '../../src/shared/http/fetch.js';
import { answerToBytes, statusesIn } from '../support/raw-http.js';

const HOST = 'Host: localhost\r\n';
const CHUNKED = '3\r\nabc\r\n0\r\n\r\n';
/** What somebody would hide behind another request. */
const HIDDEN = `GET /healthz HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;

const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\n${HOST}${headers}\r\n`;
const post = (headers: string, body: string) =>
  `POST /token HTTP/1.1\r\n${HOST}${headers}\r\n${body}${HIDDEN}`;

/** Each is a request that two programs could understand in two ways. */
const REFUSED: readonly (readonly [what: string, bytes: string, status: number])[] = [
  [
    'a length and a transfer coding',
    post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    400,
  ],
  ['a transfer coding after chunked', post('Transfer-Encoding: chunked, identity\r\n', CHUNKED), 400],
  ['a transfer coding before chunked', post('Transfer-Encoding: gzip, chunked\r\n', CHUNKED), 501],
  [
    'two transfer codings',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', CHUNKED),
    400,
  ],
  ['an unknown transfer coding', post('Transfer-Encoding: xchunked\r\n', CHUNKED), 501],
  ['a transfer coding on a line of its own', post('Transfer-Encoding:\r\n chunked\r\n', CHUNKED), 400],
  ['a space before the colon', post('Transfer-Encoding : chunked\r\n', CHUNKED), 400],
  ['a vertical tab before the coding', post('Transfer-Encoding:\x0bchunked\r\n', CHUNKED), 400],
  ['two lengths that differ', post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abc'), 400],
  ['two lengths that are the same', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'), 400],
  ['a list of lengths', post('Content-Length: 3, 3\r\n', 'abc'), 400],
  ['a length with a sign', post('Content-Length: +3\r\n', 'abc'), 400],
  ['a negative length', post('Content-Length: -3\r\n', 'abc'), 400],
  ['a hexadecimal length', post('Content-Length: 0x3\r\n', 'abc'), 400],
  ['a length that no number holds', post('Content-Length: 99999999999999999999999\r\n', 'abc'), 400],
  ['an empty length', post('Content-Length: \r\n', 'abc'), 400],
  ['a chunk size in another way', post('Transfer-Encoding: chunked\r\n', `0x${CHUNKED}`), 400],
  [
    'a chunk size that no number holds',
    post('Transfer-Encoding: chunked\r\n', `FFFFFFFFFFFFFFFFF\r\n${CHUNKED}`),
    400,
  ],
  ['a space after the chunk size', post('Transfer-Encoding: chunked\r\n', '3 \r\nabc\r\n0\r\n\r\n'), 400],
  ['chunks that end with a bare LF', post('Transfer-Encoding: chunked\r\n', '3\nabc\n0\n\n'), 400],
  [
    'a bare LF in a chunk extension',
    post('Transfer-Encoding: chunked\r\n', `3;a\nb\r\nabc\r\n0\r\n\r\n`),
    400,
  ],
  [
    'a chunk extension of 20 KB',
    post('Transfer-Encoding: chunked\r\n', `3;${'x'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
    413,
  ],
  [
    'chunks by HTTP/1.0',
    `POST /token HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKED}${HIDDEN}`,
    400,
  ],
  ['a GET with content', `${get('/healthz', 'Content-Length: 5\r\n')}hello${HIDDEN}`, 400],
  ['a HEAD with content', `HEAD /healthz HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nhello${HIDDEN}`, 400],
  ['a GET with chunks', `${get('/healthz', 'Transfer-Encoding: chunked\r\n')}${CHUNKED}${HIDDEN}`, 400],
  ['lines that end with a bare LF', 'GET /healthz HTTP/1.1\nHost: localhost\n\n', 400],
  ['a bare LF between headers', `GET /healthz HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n`, 400],
  ['a bare CR in a header', `GET /healthz HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n`, 400],
  ['NUL in a header', get('/healthz', 'X: a\0b\r\n'), 400],
  ['NUL in the name of a header', get('/healthz', 'X\0: a\r\n'), 400],
  ['NUL in the path', get('/healthz\0'), 400],
  ['a tab in the path', get('/health\tz'), 400],
  ['bytes above ASCII in the path', get('/\xc3\xa4'), 400],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['no Host by HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
  ['two Hosts', get('/healthz', 'Host: evil.example\r\n'), 400],
  ['the same Host twice', get('/healthz', HOST), 400],
  ...[
    ['an empty Host', ''],
    ['a list of Hosts', 'localhost, evil.example'],
    ['a Host with a user', 'evil@localhost'],
    ['a Host with a port that is none', 'localhost:80x'],
    ['a Host with a port that there is not', 'localhost:99999'],
    ['a Host with a path', 'localhost/evil'],
    ['a Host with a query', 'localhost?evil'],
    ['a Host with a fragment', 'localhost#evil'],
    ['a Host with a backslash', 'localhost\\evil'],
    ['a Host with a space', 'local host'],
    ['a Host with an escape', '%6cocalhost'],
    ['a Host beyond ASCII', 'l\xc3\xb6calhost'],
  ].map(([what, host]) => [what!, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400] as const),
  ['a space before Host', 'GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n', 400],
  ['a user in the target', get('http://u:p@localhost/healthz'), 400],
  ['a target of another scheme', get('ftp://localhost/healthz'), 400],
  ['a target that is an authority', get('localhost:80'), 400],
  ['a tunnel', `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`, 405],
  ['a fragment in the target', get('/healthz#x'), 400],
  ['dot segments', get('/x/../healthz'), 400],
  ['a dot segment at the end', get('/x/..'), 400],
  ['dot segments of an absolute target', get('http://localhost/./healthz'), 400],
  ['escaped dot segments', get('/x/%2e%2e/healthz'), 400],
  ['an escaped letter', get('/%68ealthz'), 400],
  ['an escaped slash', get('/x%2Fhealthz'), 400],
  ['an escaped backslash', get('/x%5chealthz'), 400],
  ['a backslash in a path without dots', get('/x\\healthz'), 400],
  ['a backslash', get('/x\\..\\healthz'), 400],
  ['an escaped NUL', get('/healthz%00'), 400],
  ['an escaped line break', get('/healthz%0d%0a'), 400],
  ['overlong UTF-8', get('/%c0%ae%c0%ae/healthz'), 400],
  ['an escape that is none', get('/healthz%zz'), 400],
  ['a method in lower case', `get /healthz HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['a method that there is not', `FOO /healthz HTTP/1.1\r\n${HOST}\r\n`, 400],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n', 400],
  ['HTTP/1.2', `GET /healthz HTTP/1.2\r\n${HOST}\r\n`, 400],
  ['HTTP/2 by what it begins with', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['another expectation than 100-continue', get('/healthz', 'Expect: 200-ok\r\nConnection: close\r\n'), 417],
  [
    'two Authorization headers',
    get('/healthz', 'Authorization: Bearer a\r\nAuthorization: Bearer b\r\n'),
    400,
  ],
  ['two Cookie headers', get('/healthz', 'Cookie: a=1\r\nCookie: a=2\r\n'), 400],
  [
    'two Origin headers',
    get('/healthz', 'Origin: http://localhost\r\nOrigin: https://evil.example\r\n'),
    400,
  ],
  ['two media types', post('Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 3\r\n', 'abc'), 400],
  [
    'two content codings',
    post('Content-Encoding: identity\r\nContent-Encoding: identity\r\nContent-Length: 3\r\n', 'abc'),
    400,
  ],
  ['more than 100 headers', get('/healthz', 'X:y\r\n'.repeat(100)), 431],
  [
    'a header behind the 2000th',
    get('/healthz', `${'X:y\r\n'.repeat(2100)}Authorization: Bearer a\r\n`),
    431,
  ],
  ['16 KB of path', get(`/${'a'.repeat(17_000)}`), 431],
];

const REASONS_OF: Readonly<Record<number, readonly string[]>> = {
  400: ['request_malformed', 'request_ambiguous'],
  405: ['request_not_supported'],
  413: ['request_malformed'],
  417: ['request_not_supported'],
  431: ['request_headers_too_large'],
  501: ['request_not_supported'],
};

const SERVERS: Readonly<Record<string, WebApp>> = {
  'the authorization server': createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true }),
  'the MCP server': createResourceServer({
    resource: 'http://localhost:8001/mcp',
    authServers: [{ issuer: 'http://localhost:9000' }],
    demoMode: true,
  }),
};

describe.each(Object.entries(SERVERS))('%s', (_name, app) => {
  let port: OpenPort;
  const asked: string[] = [];
  const refused: ListenerRefusal[] = [];

  beforeAll(async () => {
    port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port' });
    const watched: Pick<WebApp, 'fetch'> = {
      fetch: (request, peer) => {
        asked.push(`${request.method} ${request.url}`);
        return app.fetch(request, peer);
      },
    };
    port.serve(watched, (refusal) => refused.push(refusal));
  });
  afterAll(async () => {
    await app.close();
    await port.close();
  });

  it('serves none of what could be understood in two ways, and nothing that comes behind it', async () => {
    asked.length = 0;
    refused.length = 0;
    const answers = await Promise.all(
      REFUSED.map(async ([what, bytes]) => [what, ...statusesIn(await answerToBytes(port.port, bytes))]),
    );
    expect(answers).toEqual(REFUSED.map(([what, , status]) => [what, status]));
    // Each is told of, once.
    const told = refused.map(({ address, reason, ...rest }) => {
      expect({ address, ...rest }).toEqual({ address: '127.0.0.1', status: expect.any(Number) });
      expect(REASONS_OF[rest.status!]).toContain(reason);
      return rest.status;
    });
    expect(told.sort()).toEqual(REFUSED.map(([, , status]) => status).sort());
    // Where chunks go wrong, the request has begun before; what is hidden behind it is never asked.
    expect(new Set(asked)).toEqual(new Set(['POST http://localhost/token']));
  });

  it('tells of none that the servers see', async () => {
    refused.length = 0;
    await answerToBytes(port.port, get('/nothing', 'Connection: close\r\n'));
    await answerToBytes(port.port, HIDDEN);
    expect(refused).toEqual([]);
  });

  it('serves a request that is as it should be', async () => {
    const answer = await answerToBytes(port.port, HIDDEN);
    expect(statusesIn(answer)).toEqual([200]);
  });

  it('does not take trailers for headers', async () => {
    const trailers = 'Authorization: Bearer a\r\nHost: evil.example\r\nContent-Type: application/json\r\n';
    const bytes =
      `POST /register HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n` +
      `2\r\n{}\r\n0\r\n${trailers}\r\n`;
    const [status] = statusesIn(await answerToBytes(port.port, bytes));
    expect([404, 415]).toContain(status);
  });

  it('goes by the target of a request, and refuses another name there or in Host in demo mode', async () => {
    const close = 'Connection: close\r\n';
    const names = [
      `GET http://evil.example/healthz HTTP/1.1\r\n${HOST}${close}\r\n`,
      `GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n${close}\r\n`,
    ];
    for (const bytes of names) expect(statusesIn(await answerToBytes(port.port, bytes))).toEqual([403]);
  });

  it.each([
    [
      'h2c',
      'Connection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n',
    ],
    ['websocket', 'Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\n'],
  ])('changes to no other protocol: %s', async (_protocol, headers) => {
    expect(statusesIn(await answerToBytes(port.port, get('/healthz', headers)))).not.toContain(101);
  });

  it('ends a connection on which a tunnel was asked for, whatever its client does', async () => {
    const faults: unknown[] = [];
    const onFault = (fault: unknown) => faults.push(fault);
    process.on('uncaughtException', onFault);
    const ask = `CONNECT localhost:80 HTTP/1.1\r\n${HOST}\r\n`;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const client = connect(port.port, '127.0.0.1').on('error', () => undefined);
      await once(client, 'connect');
      client.write(ask);
      if (attempt % 2 === 0) await sleep(5);
      client.resetAndDestroy();
    }
    // This one never ends its half, and goes on to write.
    const lasting = connect({ port: port.port, host: '127.0.0.1', allowHalfOpen: true });
    const refused = once(lasting, 'error');
    lasting.resume().write(ask);
    const writing = setInterval(() => lasting.write('x'), 20);
    await refused;
    clearInterval(writing);
    process.off('uncaughtException', onFault);
    expect(faults).toEqual([]);
  });

  it('does not send back what came by TRACE', async () => {
    const bytes = `TRACE /healthz HTTP/1.1\r\n${HOST}Cookie: secret=1\r\nConnection: close\r\n\r\n`;
    const answer = await answerToBytes(port.port, bytes);
    expect(statusesIn(answer)).toEqual([405]);
    expect(answer).not.toContain('secret');
  });

  it('answers 100 to whoever waits for it, and then the request', async () => {
    const bytes = `POST /healthz HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`;
    expect(statusesIn(await answerToBytes(port.port, bytes))).toEqual([100, 405]);
  });

  it('knows no path with a slash too many', async () => {
    for (const path of ['//healthz', '/healthz/', '//localhost/healthz'])
      expect(statusesIn(await answerToBytes(port.port, get(path, 'Connection: close\r\n')))).toEqual([404]);
  });
});

describe('a body', () => {
  const as = SERVERS['the authorization server']!;
  let port: OpenPort;
  beforeAll(async () => {
    port = await openPort({ host: '127.0.0.1', port: 0, flag: 'port' });
    port.serve(as);
  });
  afterAll(() => port.close());

  const send = async (path: string, headers: Record<string, string>, body: string | Uint8Array) => {
    const response = await fetch(`http://localhost:${port.port}${path}`, { method: 'POST', headers, body });
    return response.status;
  };
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it('that is compressed is refused', async () => {
    expect(await send('/register', { ...json, 'content-encoding': 'gzip' }, '{}')).toBe(415);
    expect(await send('/token', { ...form, 'content-encoding': 'br' }, 'a=b')).toBe(415);
    expect(await send('/register', { ...json, 'content-encoding': 'identity' }, '{}')).toBe(400);
  });

  it.each([
    ['with a length', 'Content-Length: 70000\r\n\r\n' + 'x'.repeat(70_000)],
    [
      'in chunks',
      `Transfer-Encoding: chunked\r\n\r\n${`4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(5)}0\r\n\r\n`,
    ],
  ])('that is too large is refused %s', async (_how, rest) => {
    const bytes = `POST /register HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nConnection: close\r\n${rest}`;
    expect(statusesIn(await answerToBytes(port.port, bytes))).toEqual([413]);
  });

  it('that is nested without end or has parameters without end is refused soon', async () => {
    const began = performance.now();
    expect(await send('/register', json, '['.repeat(60_000))).toBe(400);
    expect(
      await send('/register', json, `{"redirect_uris":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
    ).toBe(400);
    expect(await send('/token', form, 'a&'.repeat(32_000))).toBeGreaterThanOrEqual(400);
    expect(
      await send('/token', form, Array.from({ length: 8000 }, (_, n) => `p${n}=1`).join('&')),
    ).toBeGreaterThanOrEqual(400);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
