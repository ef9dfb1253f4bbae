import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listening, run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { verifies } from '../verifies.js';

const keep = stopAfterEach();
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

const OUTSIDE_DEMO_MODE = [
  'as',
  '--port',
  '0',
  '--public-url',
  'https://as.example',
  '--user',
  'a:b',
] as const;
const ALL_FREE = ['all', '--as-port', '0', '--rs-port', '0'] as const;

/** Holds a free port, as another program would. */
async function heldPort(address: string): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, address, done));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('not bound');
  return bound.port;
}

describe('all', () => {
  it('serves both on loopback, and says so in a banner of 80 columns', async () => {
    const pair = keep(start(['all', '--as-port', '0', '--rs-port', '0']));
    await pair.printed(/inspect-flow http/);
    const banner = pair.stdout();
    const [, resource] = /MCP server \(RS\) +(\S+)/.exec(banner)!;
    const [, issuer] = /Authorization server \(AS\) +(\S+)/.exec(banner)!;
    expect(resource).toMatch(/^http:\/\/localhost:\d+\/mcp$/);
    expect(Math.max(...banner.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(banner).toContain('demo_user');
    for (const client of ['VS Code', 'Claude Code', 'MCP Inspector', 'mcp-remote'])
      expect(banner).toContain(client);

    for (const host of ['127.0.0.1', '[::1]']) {
      const metadata = await fetch(
        `${issuer!.replace('localhost', host)}/.well-known/oauth-authorization-server`,
      );
      expect(metadata.status).toBe(200);
      expect(await metadata.json()).toMatchObject({ issuer });
    }
    expect((await fetch(resource!, { method: 'POST' })).status).toBe(401);
  });

  it('hands the resource and the scopes of the RS to the AS', async () => {
    const pair = keep(await startPair('--required-scope', 'clock'));
    const as: unknown = await (await fetch(`${pair.issuer}/.well-known/oauth-authorization-server`)).json();
    const rs = await (
      await fetch(`${new URL(pair.resource).origin}/.well-known/oauth-protected-resource/mcp`)
    ).json();
    expect(as).toMatchObject({ scopes_supported: expect.arrayContaining(['user', 'clock']) });
    expect(rs).toMatchObject({
      resource: pair.resource,
      authorization_servers: [pair.issuer],
      scopes_supported: ['clock'],
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends within a second at %s, with a request under way that never ends',
    async (signal) => {
      const pair = keep(await startPair());
      const { hostname, port } = new URL(pair.issuer);
      const slow = connect(Number(port), hostname);
      slow.on('error', () => undefined);
      const answered = new Promise<void>((done) => slow.once('data', () => done()));
      const head =
        'Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n';
      slow.write(`POST /token HTTP/1.1\r\n${head}Expect: 100-continue\r\n\r\ncode=`);
      await answered;
      const asked = performance.now();
      const { code, stderr } = await pair.stop(signal);
      expect(code).toBe(0);
      expect(performance.now() - asked).toBeLessThan(1000);
      expect(stderr).not.toMatch(/Error|at .*\.js/);
    },
  );

  it.each([
    ['127.0.0.1', '--as-port'],
    ['::1', '--as-port'],
    ['127.0.0.1', '--rs-port'],
  ])('names the port that is in use on %s and the flag %s, with exit code 1', async (address, flag) => {
    const port = await heldPort(address);
    const other = flag === '--as-port' ? '--rs-port' : '--as-port';
    const { code, stdout, stderr } = await run(['all', flag, String(port), other, '0']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`port ${port} is in use on ${address}`);
    expect(stderr).toContain(`${flag} <port>`);
  });
});

describe('bytes that are no request', () => {
  /** What a server answers to bytes on the wire, until it or we end the connection. */
  async function answerTo(url: string, bytes: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    await new Promise<void>((done) => {
      socket.once('close', done).on('error', () => undefined);
      socket.end(bytes);
    });
    return answer;
  }

  it('end neither server', async () => {
    const pair = keep(await startPair('--verbose'));
    const head = 'Host: localhost\r\nContent-Type: application/json\r\n';
    const requests = ['/register', '/token', '/mcp'].flatMap((path) => [
      `POST ${path} HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\n{"redirect_uris":`,
      `POST ${path} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      `POST ${path} HTTP/1.1\r\n${head}X: ${'x'.repeat(100_000)}\r\n\r\n`,
    ]);
    const hostile = [
      '\u0000\u0001\u0002\r\n\r\n',
      'GET http://[::bad/ HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET //x:99999999/ HTTP/1.1\r\nHost: localhost:1:2\r\n\r\n',
      'GET /%ff%00?%ff=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
      'GET /mcp HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      ...requests,
    ];
    for (const url of [pair.issuer, pair.resource])
      for (const bytes of hostile) expect(await answerTo(url, bytes)).not.toMatch(/^HTTP\/1\.1 5/);
    expect((await fetch(`${pair.issuer}/.well-known/oauth-authorization-server`)).status).toBe(200);
    expect((await fetch(pair.resource, { method: 'POST' })).status).toBe(401);
    const { code, stderr } = await pair.stop();
    expect(code).toBe(0);
    expect(stderr).not.toContain('server.fault');
    expect(stderr).not.toContain('client.registered');
  });
});

describe('the banner of rs', () => {
  it('names each authorization server, and no page that only ours has, in 80 columns', async () => {
    const issuers = ['a', 'b', 'c'].map((name) => `https://${name.repeat(20)}.example/tenant`);
    const credentials = issuers.flatMap(() => ['--introspection-credentials', 'rs:secret']);
    const rs = keep(
      start(['rs', '--port', '0', ...issuers.flatMap((issuer) => ['--auth-server', issuer]), ...credentials]),
    );
    await rs.printed(/inspect-flow http/);
    const lines = rs.stdout().split('\n');
    for (const issuer of issuers)
      expect(lines.filter((line) => line.trim().endsWith(issuer))).toHaveLength(1);
    expect(rs.stdout()).not.toContain('/grants');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('the host', () => {
  it.each([
    ['127.1', 'http://127.0.0.1:'],
    ['::1', 'http://[::1]:'],
    ['LOCALHOST', 'http://localhost:'],
  ])('%s is served under the URL that clients make of it, %s', async (host, url) => {
    const rs = keep(start(['rs', '--port', '0', '--host', host]));
    const [, resource] = await rs.printed(/MCP server \(RS\) +(\S+)/);
    expect(resource!.startsWith(url)).toBe(true);
    expect((await fetch(resource!, { method: 'POST' })).status).toBe(401);
  });
});

verifies(
  ['rs.http-security-localhost', 'rs.http2025-security-localhost'],
  'rs that is told nothing of a host listens on localhost, and on no other address of this machine',
  async () => {
    const rs = keep(await listening(start(['rs', '--port', '0', '--log-format', 'json'])));
    const { port, pathname } = new URL(rs.resource);
    const ask = (host: string) => fetch(`http://${host}:${port}${pathname}`, { method: 'POST' });
    for (const host of ['localhost', '127.0.0.1', '[::1]']) expect((await ask(host)).status).toBe(401);
    await expect(ask('127.0.0.2')).rejects.toThrow();
  },
);

describe('as', () => {
  it('does not start without users where others can reach it', async () => {
    const { code, stderr } = await run([
      'as',
      '--port',
      '0',
      '--host',
      '0.0.0.0',
      '--public-url',
      'https://as.example',
    ]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--user');
  });

  it('takes users from a file or the environment, and never repeats a password', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'users-'));
    const file = join(folder, 'users.json');
    writeFileSync(file, JSON.stringify([{ username: 'bob', password: 'from-the-file' }]));
    const as = keep(
      start(['as', '--port', '0', '--users', file], {
        env: { MCP_OAUTH_DEMO_USER: 'alice:from-the-environment' },
      }),
    );
    await as.printed(/Sign in as +alice, bob/);
    expect(as.stdout() + as.stderr()).not.toMatch(/from-the/);
  });
});

describe('a wrong flag', () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['as', '--port', 'high'], / as: --port: expected an integer /],
    [['as', '--port', '70000'], /--port.*65535/],
    [['as', '--unknown-clients', 'maybe'], /--unknown-clients=maybe.*adopt, reject/],
    [['as', '--clients', '/does/not/exist.json'], /--clients: cannot read \/does\/not\/exist\.json/],
    [['as', '--user', 'nocolon'], /--user: needs two parts/],
    [['as', '--no-such-flag'], /--no-such-flag/],
    [['as', '--client', 'x=javascript:alert(1)', '--port', '0'], /--client: .* x has the scheme javascript/],
    [['as', '--client', 'x=myapp://cb', '--allow-redirect-scheme', 'yourapp'], /--client: .* x .*myapp/],
    [['as', '--client', '=http://localhost/', '--port', '0'], /--client: "" is no client_id/],
    [['as', '--allow-redirect-scheme', 'javascript', '--port', '0'], /--allow-redirect-scheme: /],
    [['as', '--registration', 'dcr,magic'], /--registration: "magic" is not one of preset, /],
    [['as', '--registration=', '--port', '0'], /--registration: needs at least one of preset, /],
    [['as', '--registration=dcr', '--client=x', '--port', '0'], /--registration: .*preset clients/],
    [['as', '--host', '0.0.0.0'], /--public-url/],
    [['as', '--public-url', 'ftp://as.example'], /--public-url/],
    [['as', '--host', ''], /--host: "" is not/],
    [['as', '--port', '0', 'redis://me:secret@host'], /^(?!.*secret).*redis:\/\/…@host/],
    [['as', '--host', 'a b'], /--host: "a b" is not/],
    [
      ['rs', '--public-url', 'https://mcp.example/:x', '--introspection-credentials=a:b'],
      / rs: --public-url: /,
    ],
    [['rs', '--host', '0'], /--host: .*--public-url/],
    [['rs', '--host', '::0'], /--host: .*--public-url/],
    [['rs', '--auth-server', 'nonsense', '--port', '0'], /--auth-server/],
    [['rs', '--introspection-credentials', 'x', '--port', '0'], /--introspection-credentials/],
    [['all', '--as-host', '0.0.0.0'], /--as-public-url/],
    [[...ALL_FREE, '--as-allow-origin', 'nonsense'], /--as-allow-origin/],
    [[...ALL_FREE, '--rs-allow-origin', 'nonsense'], /--rs-allow-origin/],
    [[...ALL_FREE, '--required-scope', 'a b'], /--required-scope/],
    [[...ALL_FREE, '--quiet', '--verbose'], / all: --verbose.*--quiet/],
    [[...ALL_FREE, '--log-format', 'xml'], /--log-format=xml.*text, json/],
    [[...OUTSIDE_DEMO_MODE, '--open-introspection'], /--open-introspection: .*demo mode/],
    [['as', '--access-token-seconds', '0'], /--access-token-seconds.* 1 /],
    [['as', '--code-seconds', '601'], /--code-seconds.* 600 /],
    [['as', '--rs-credentials', 'nocolon', '--port', '0'], /--rs-credentials: needs two parts/],
    [['as', '--resource', 'nonsense', '--port', '0'], /--resource: /],
    [['inspect-flow', 'nonsense'], /nonsense is not a URL/],
    [['inspect-flow', '--client-secret', 'x'], /--client-secret.*--client-id/],
    [['rs', '--transport', 'stdio'], /--transport=stdio.*streamable-http/],
    [['no-such-command'], /no-such-command/],
  ];

  it.each(cases)('ends %j with exit code 2 and one line', async (args, line) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(line);
  });
});

describe('help', () => {
  it('tells where a server is before anything else, and what tokens are like in one go', async () => {
    const { stdout } = await run(['as', '--help']);
    expect([...stdout.matchAll(/^([A-Z]+) FLAGS$/gm)].map(([, group]) => group)).toEqual([
      'PLACE',
      'CLIENTS',
      'USERS',
      'TOKENS',
      'STORE',
      'FLOWS',
      'LOG',
    ]);
    expect(stdout).toContain('$ mcp-oauth-demo as [FLAGS]\n');
  });

  it.each(['as', 'rs', 'all', 'inspect-flow'])('of %s has examples', async (command) => {
    const { code, stdout } = await run([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/EXAMPLES/);
    expect(stdout).toContain(`$ mcp-oauth-demo ${command}`);
  });
});
