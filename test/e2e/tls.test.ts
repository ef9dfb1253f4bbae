import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Certificate,
  certificateAuthority,
  certificateForLoopback,
  fetchThatTrusts,
} from '../support/certificate.js';
import { listening, run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { verifies } from '../verifies.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
const keep = stopAfterEach();
let own: Certificate;
let ownFlags: readonly string[];

beforeAll(async () => {
  own = await certificateForLoopback();
  ownFlags = flagsFor('own', own);
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function flagsFor(name: string, { cert, key }: Certificate): readonly string[] {
  return ['--tls-cert', fileOf(`${name}.crt`, cert), '--tls-key', fileOf(`${name}.key`, key)];
}

/** The version of TLS that a server speaks with a client that knows none above this one. */
function protocolOf(url: string, maxVersion: 'TLSv1.1' | 'TLSv1.2'): Promise<string | null> {
  return new Promise((done, fail) => {
    const port = Number(new URL(url).port);
    const options = { host: '127.0.0.1', port, ca: own.cert, maxVersion, minVersion: 'TLSv1' as const };
    const socket = connectTls({ ...options, ciphers: 'DEFAULT:@SECLEVEL=0' }, () => {
      done(socket.getProtocol());
      socket.destroy();
    }).once('error', fail);
  });
}

describe('all with --tls-cert and --tls-key', () => {
  verifies(
    [
      'oauth2.1-1.5-protected',
      'rs.mcp-communication-tls',
      'rs.rfc9700-2.6-tls',
      'rs.rfc9728-7.1-tls',
      'rs.oauth2.1-1.4.2-disclosure',
      'rs.oauth2.1-1.4.3-end-to-end',
      'rs.oauth2.1-1.5-protected',
    ],
    'serves both by https, and the whole flow goes through, in demo mode',
    async () => {
      const pair = keep(await startPair(...ownFlags));
      expect(pair.issuer).toMatch(/^https:\/\/localhost:\d+$/);
      expect(pair.resource).toMatch(/^https:\/\/localhost:\d+\/mcp$/);
      const { code, stdout } = await run(['inspect-flow', pair.resource, '--headless', '--json'], {
        env: { NODE_EXTRA_CA_CERTS: join(folder, 'own.crt') },
      });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'completed' });
      expect(await fetch(pair.issuer).catch((error: Error) => String(error.cause))).toMatch(/self-signed/);
    },
  );

  it('trusts its own certificate on the way to its own AS, whoever signed it', async () => {
    const signed = await certificateForLoopback({ signer: await certificateAuthority() });
    const pair = keep(await startPair(...flagsFor('signed', signed)));
    await pair.printed(/"kind":"as\.found"/);
    const trusting = fetchThatTrusts(signed);
    const headers = { authorization: 'Bearer unknown', 'content-type': 'application/json' };
    const response = await trusting.fetch(pair.resource, { method: 'POST', headers, body: '{}' });
    await trusting.close();
    expect(response.status).toBe(401);
  });

  verifies(
    ['rfc6750-5.2-cookies'],
    'gives cookies that only its own host can have set and only https carries',
    async () => {
      const as = keep(await listening(start(['as', '--port', '0', '--log-format', 'json', ...ownFlags])));
      const trusting = fetchThatTrusts(own);
      const url = `${as.issuer}/authorize?response_type=code&client_id=x&redirect_uri=http://127.0.0.1/&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256`;
      const [cookie] = (await trusting.fetch(url)).headers.getSetCookie();
      await trusting.close();
      expect(cookie).toMatch(/^__Host-mcp-oauth-demo-\d+=.*; Path=\/; HttpOnly;.*; Secure$/);
    },
  );

  verifies(
    [
      'rfc6750-5.2-tls',
      'rfc6750-5.2-confidential',
      'rfc7009-2-tls',
      'rfc7591-5-tls-1.2',
      'rfc7592-5-tls-1.2',
      'rfc7662-4-tls-1.2',
      'rfc8414-6.1-tls',
      'rfc8414-6.1-confidential',
    ],
    'speaks neither plain http nor TLS 1.1 there',
    async () => {
      const as = keep(await listening(start(['as', '--port', '0', '--log-format', 'json', ...ownFlags])));
      await expect(fetch(as.issuer.replace('https', 'http'))).rejects.toThrow();
      expect(await protocolOf(as.issuer, 'TLSv1.2')).toBe('TLSv1.2');
      await expect(protocolOf(as.issuer, 'TLSv1.1')).rejects.toThrow(/protocol version/i);
    },
  );
});

verifies(
  ['rs.rfc9728-7.1-tls', 'rs.rfc9728-7.1-bcp195'],
  'rs speaks neither plain http nor TLS 1.1 with --tls-cert',
  async () => {
    const rs = keep(await listening(start(['rs', '--port', '0', '--log-format', 'json', ...ownFlags])));
    await expect(fetch(rs.resource.replace('https', 'http'))).rejects.toThrow();
    expect(await protocolOf(rs.resource, 'TLSv1.2')).toBe('TLSv1.2');
    await expect(protocolOf(rs.resource, 'TLSv1.1')).rejects.toThrow(/protocol version/i);
  },
);

verifies(
  ['rs.rfc7662-4-tls', 'rs.rfc8414-6.1-certificate', 'rs.oauth2.1-1.5-certificates'],
  'rs shows no token to an authorization server whose certificate nobody has told it to trust',
  async () => {
    const as = keep(await listening(start(['as', '--port', '0', '--log-format', 'json', ...ownFlags])));
    const flags = ['--port', '0', '--log-format', 'json', '--auth-server', as.issuer];
    const post = async (env: Record<string, string> = {}) => {
      const rs = keep(await listening(start(['rs', ...flags], { env })));
      const headers = { authorization: 'Bearer unknown', 'content-type': 'application/json' };
      return { rs, response: await fetch(rs.resource, { method: 'POST', headers, body: '{}' }) };
    };
    const { rs, response } = await post();
    expect(response.status).toBe(503);
    await rs.printed(/DEPTH_ZERO_SELF_SIGNED_CERT/);
    expect(as.events().map(({ kind }) => kind)).not.toContain('token.introspected');
    expect((await post({ NODE_EXTRA_CA_CERTS: join(folder, 'own.crt') })).response.status).toBe(401);
    await as.printed(/"kind":"token\.introspected"/);
  },
);

describe('a certificate or key that cannot be served', () => {
  it.each(['as', 'rs', 'all'])('ends %s with exit code 2 and one line', async (command) => {
    const { code, stdout, stderr } = await run([command, ...ownFlags.slice(0, 2)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/--tls-cert: needs --tls-key <file>/);
  });
});

describe('plain http that others than this machine would come by', () => {
  const USER = ['--user', 'a:b'];

  verifies.each([
    [['as', '--host', '192.0.2.1', ...USER], '--host'],
    [['as', '--host', '0.0.0.0', '--public-url', 'http://localhost:9000', ...USER], '--host'],
    [['as', '--public-url', 'http://as.example.com', ...USER], '--public-url'],
    [['rs', '--host', '192.0.2.1'], '--host'],
    [['rs', '--public-url', 'http://rs.example.com'], '--public-url'],
    [['all', '--as-public-url', 'http://as.example.com', ...USER], '--as-public-url'],
    [['all', '--rs-host', '192.0.2.1'], '--rs-host'],
  ])(
    [
      'rfc6750-5.2-confidential',
      'rfc7591-5-tls',
      'rfc7592-5-tls',
      'rfc7662-2-tls',
      'rfc8414-3-https',
      'rfc8414-6.1-confidential',
      'rs.mcp-communication-tls',
      'rs.oauth2.1-1.5-https',
      'rs.oauth2.1-1.5-protected',
      'rs.rfc9728-1.2-https',
    ],
    'is refused with exit code 2 and the ways out: %j',
    async (args, flag) => {
      const { code, stdout, stderr } = await run(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(` ${flag}: `);
      for (const way of ['--tls-cert', 'public-url', '--insecure-http']) expect(stderr).toContain(way);
    },
  );

  it.each([
    ['allowed by --insecure-http', ['--public-url', 'http://as.example.com', '--insecure-http'], 'http:'],
    [
      'allowed by --insecure-http, in a container',
      ['--host', '0.0.0.0', '--public-url', 'http://localhost:9000', '--insecure-http'],
      'http:',
    ],
    ['behind an https proxy', ['--host', '0.0.0.0', '--public-url', 'https://as.example.com'], 'https:'],
  ])('is served where it is %s', async (_why, flags, protocol) => {
    const args = ['as', '--port', '0', '--log-format', 'json', ...USER, ...flags];
    const { issuer } = keep(await listening(start(args)));
    expect(new URL(issuer).protocol).toBe(protocol);
  });

  it('is no matter with --tls-cert', async () => {
    const place = ['--host', '0.0.0.0', '--public-url', 'https://as.example.com'];
    const args = ['as', '--port', '0', '--log-format', 'json', ...USER, ...place, ...ownFlags];
    expect(keep(await listening(start(args))).issuer).toBe('https://as.example.com');
  });
});

describe('a port in use and a wrong option at once', () => {
  it.each([
    ['as', ['as', '--scopes', ''], /--scopes/],
    ['rs', ['rs', '--required-scope', 'a b'], /--required-scope/],
    ['all', ['all', '--rs-port', '0', '--as-allow-origin', 'nonsense'], /--as-allow-origin/],
  ])(
    'is a wrong option for %s: exit code 2, since that can be told without taking a port',
    async (command, args, flag) => {
      const holder = createServer();
      await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
      const bound = holder.address();
      const port = typeof bound === 'object' && bound !== null ? String(bound.port) : '';
      const { code, stderr } = await run([...args, command === 'all' ? '--as-port' : '--port', port]);
      await new Promise((done) => holder.close(done));
      expect(stderr).toMatch(flag);
      expect(code).toBe(2);
    },
  );
});
