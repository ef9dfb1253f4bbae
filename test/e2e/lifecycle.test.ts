import { existsSync, openSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';
import { LIST_TOOLS } from '../rs/support.js';
import { listening, postMcp, eventsIn, ROOT, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const newProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;

/** Goes through the whole flow as an SDK client does, and stays connected. */
async function connected(resource: string, provider = newProvider()) {
  const transport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
  const client = new Client({ name: 'lifecycle', version: '1' });
  clients.push(client);
  const first = transport();
  try {
    await client.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await first.finishAuth((await signIn(provider.authorizationUrl())).searchParams.get('code')!);
    await client.connect(transport());
  }
  return { client, provider };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const bound = server.address();
  await new Promise((done) => server.close(done));
  if (bound === null || typeof bound === 'string') throw new Error('not bound');
  return bound.port;
}

async function startRs(...flags: readonly string[]) {
  const rs = await listening(keep(start(['rs', '--port', '0', '--log-format', 'json', ...flags])));
  return { ...rs, listTools: (token: string) => postMcp(rs.resource, token, LIST_TOOLS) };
}

async function startAs(port: number, ...flags: readonly string[]) {
  const as = keep(start(['as', '--port', String(port), ...flags]));
  await as.printed(/Authorization server/);
  return as;
}

describe('Ctrl-C', () => {
  it('ends the pair within a second while a client of the SDK holds its session and stream', async () => {
    const pair = keep(await startPair('--verbose'));
    await connected(pair.resource);
    await pair.printed(/"method":"GET","path":"\/mcp","status":200/);
    const asked = performance.now();
    const { code, stderr } = await pair.stop();
    expect(performance.now() - asked).toBeLessThan(1000);
    expect(code).toBe(0);
    const closed = eventsIn(stderr).find((event) => event['kind'] === 'session.closed');
    expect(closed).toMatchObject({ reason: 'the server stopped' });
  });
});

describe('rs beside as', () => {
  it('answers 503 until as is there, 401 to the tokens of one that was restarted, and works on', async () => {
    const port = await freePort();
    const rs = await startRs('--auth-server', `http://localhost:${port}`, '--oauth-strict');
    const early = await rs.listTools('some-token');
    expect(early.status).toBe(503);
    expect(Number(early.headers.get('retry-after'))).toBeGreaterThan(0);

    const first = await startAs(port);
    await rs.printed(/"kind":"as\.unreachable"/);
    // The pause after a failed look: what Retry-After told the client to wait.
    await new Promise((done) => setTimeout(done, Number(early.headers.get('retry-after')) * 1000));
    const { client, provider } = await connected(rs.resource);
    expect((await client.listTools()).tools).toHaveLength(1);
    await first.stop();
    const { access_token } = provider.tokens()!;
    expect((await rs.listTools(access_token)).status).toBe(503);

    await startAs(port);
    await new Promise((done) => setTimeout(done, 1100));
    const refused = await rs.listTools(access_token);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(rs.events().filter((event) => event['kind'] === 'as.found')).toHaveLength(2);
  });

  it('names the flags when as does not accept its credentials', async () => {
    const port = await freePort();
    await startAs(port, '--rs-credentials', 'some-rs:one-secret');
    const flags = ['--introspection-credentials', 'some-rs:another-secret'];
    const rs = await startRs('--auth-server', `http://localhost:${port}`, ...flags);
    expect((await rs.listTools('some-token')).status).toBe(503);
    const [line] = await rs.printed(/^.*"reason":"introspection_credentials_refused".*$/m);
    expect(line).toContain('--introspection-credentials');
    expect(line).toContain('--rs-credentials');
    expect(rs.stderr()).not.toContain('another-secret');
  });

  it('warns at the start unless it is strict', async () => {
    const unchecked = (rs: { events(): readonly Record<string, unknown>[] }) =>
      rs.events().filter((event) => event['kind'] === 'rs.audience_unchecked');
    const auth = ['--auth-server', `http://localhost:${await freePort()}`];
    const [lax, strict] = await Promise.all([startRs(...auth), startRs(...auth, '--oauth-strict')]);
    await Promise.all([lax, strict].map((rs) => rs.printed(/as\.unreachable/)));
    expect(unchecked(lax)).toMatchObject([{ level: 'warning', resource: lax.resource }]);
    expect(unchecked(strict)).toEqual([]);
  });
});

describe('all', () => {
  it('accepts its own RS, whichever credentials the flags give to either side', async () => {
    const pair = keep(
      await startPair('--rs-credentials', 'a:for-others', '--introspection-credentials', 'b:for-itself'),
    );
    const { client } = await connected(pair.resource);
    expect((await client.listTools()).tools).toHaveLength(1);
  });

  it.each([
    ['by default', [], true],
    ['not with --no-oauth-strict', ['--no-oauth-strict'], false],
  ] as const)('is strict %s', async (_, flags, strict) => {
    const pair = keep(await startPair(...flags));
    await pair.printed(/as\.found/);
    expect(pair.stderr().includes('rs.audience_unchecked')).toBe(!strict);
  });

  it('tells each request with --verbose, and nothing but warnings with --quiet', async () => {
    const verbose = keep(start(['all', '--as-port', '0', '--rs-port', '0', '--verbose']));
    const quiet = keep(start(['all', '--as-port', '0', '--rs-port', '0', '--quiet', '--no-oauth-strict']));
    await verbose.printed(/AS {2}GET \/\.well-known\/oauth-authorization-server → 200/);
    await quiet.printed(/warning/);
    const { stdout, stderr } = await quiet.stop();
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--oauth-strict');
  });
});

describe('a reader that goes away', () => {
  it.each(['stdout', 'stderr'] as const)('from %s does not end the server', async (stream) => {
    const pair = keep(await startPair('--verbose'));
    pair.child[stream]!.destroy();
    const ask = () => fetch(pair.resource, { method: 'POST' }).then(({ status }) => status);
    expect([await ask(), await ask(), await ask()]).toEqual([401, 401, 401]);
    expect((await pair.stop()).code).toBe(0);
  });
});

describe('a disk that is full', () => {
  it.skipIf(!existsSync('/dev/full'))('ends the command with one line', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), 'as', '--port', '0'], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((done) => child.once('close', done));
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('no space left');
  });
});
