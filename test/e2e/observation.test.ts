import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_LINE, type AuditLine } from '../../src/cli/audit/schema.js';
import { readExposition } from '../cli/metrics/exposition.js';
import { listening, type Listening, postMcp, run, start } from '../support/cli.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const LIMIT = 60_000;

let folder: string;
let path: string;
const opened: Listening[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'observed-'));
  path = join(folder, 'audit.jsonl');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.stop('SIGKILL')));
  rmSync(folder, { recursive: true });
});

async function pair(...flags: readonly string[]): Promise<Listening> {
  const free = ['all', '--as-port', '0', '--rs-port', '0', '--log-format', 'json'];
  const started = await listening(start([...free, ...flags]));
  opened.push(started);
  return started;
}

function audited(): readonly AuditLine[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => AUDIT_LINE.parse(JSON.parse(line)));
}

/** Sends what looks like secrets to wherever a hostile or a careless client might. */
async function sendSecretsAround({ issuer, resource }: Listening): Promise<void> {
  const secrets = [
    'code',
    'code_verifier',
    'client_secret',
    'refresh_token',
    'token',
    'password',
    'client_assertion',
  ];
  const form = new URLSearchParams(
    secrets.map((name): [string, string] => [name, `SECRET-${name}-0123456789`]),
  );
  const basic = `Basic ${Buffer.from('demo-preset:SECRET-basic').toString('base64')}`;
  for (const grant of ['authorization_code', 'refresh_token', 'SECRET'.toLowerCase()]) {
    const body = new URLSearchParams([...form, ['grant_type', grant], ['client_id', 'demo-preset']]);
    await fetch(`${issuer}/token`, { method: 'POST', body });
    await fetch(`${issuer}/token?${form}`, { method: 'POST', body, headers: { authorization: basic } });
  }
  for (const path of ['introspect', 'revoke', 'login', 'consent', 'authorize']) {
    await fetch(`${issuer}/${path}`, {
      method: 'POST',
      body: form,
      headers: { cookie: 'session=SECRET-cookie' },
    });
  }
  await fetch(`${issuer}/authorize?${form}&client_id=demo-preset`);
  await fetch(`${issuer}/register/client`, {
    headers: { authorization: 'Bearer SECRET-registration-token' },
  });
  await fetch(`${resource}?access_token=SECRET-in-query`, { method: 'POST', body: form });
  await postMcp(resource, 'SECRET-token-that-nobody-has-ever-issued-here-0123', {});
}

/** Where the metrics are, as the process tells. */
function metricsOf(server: Listening): string {
  return /"metrics":"([^"]+)"/.exec(server.stdout())![1]!;
}

describe('the audit log of a pair', () => {
  it(
    'tells of a whole flow, in order and with whom, and holds no secret of it',
    async () => {
      const all = await pair('--audit-log', path);
      expect((await run(['inspect-flow', all.resource, '--refresh', '--quiet'])).code).toBe(0);
      await sendSecretsAround(all);
      const { code } = await all.stop('SIGTERM');
      expect(code).toBe(0);
      const lines = audited();
      expect(lines.map(({ event }) => event)).toEqual(
        expect.arrayContaining(['client.registered', 'login.succeeded', 'consent.decided', 'token.refused']),
      );
      const told = (event: string) => lines.findIndex((line) => line.event === event);
      expect(told('audit_log.opened')).toBe(0);
      expect(told('client.registered')).toBeLessThan(told('login.succeeded'));
      expect(told('consent.decided')).toBeLessThan(told('token.issued'));
      expect(lines.at(-1)!.event).toBe('audit_log.closed');
      expect(lines.find(({ event }) => event === 'login.succeeded')).toMatchObject({
        sub: 'demo_user',
        address: '127.0.0.1',
        outcome: 'success',
      });
      expect(lines.findLast(({ event }) => event === 'bearer.challenged')).toMatchObject({
        server: 'rs',
        reason: 'token_inactive',
      });
      const text = readFileSync(path, 'utf8');
      // Whatever is as long as a secret of ours, and what was sent where no secret belongs.
      expect(text.match(/[\w-]{43,}/g) ?? []).toEqual([]);
      expect(text).not.toContain('SECRET');
      expect(statSync(path).mode & 0o777).toBe(0o600);
    },
    LIMIT,
  );

  it(
    'says that it ends with a server that could not start',
    async () => {
      const store = ['--store', `sqlite:${join(folder, 'oauth.db')}`, '--token-format', 'jwt'];
      const first = await pair(...store, '--store-key', '0123456789abcdef'.repeat(4));
      await first.stop('SIGTERM');
      const { port } = new URL(first.issuer);
      const another = ['--store-key', 'fedcba9876543210'.repeat(4), '--audit-log', path];
      for (const command of [
        ['as', '--port', port],
        ['all', '--as-port', port, '--rs-port', '0'],
      ]) {
        rmSync(path, { force: true });
        const { code, stderr } = await run([...command, ...store, ...another]);
        expect(stderr).toMatch(/^mcp-oauth-demo \w+: --store-key: /m);
        expect(code).toBe(2);
        expect(audited().map(({ event, outcome }) => [event, outcome])).toEqual([
          ['audit_log.opened', 'success'],
          ['audit_log.closed', 'failed'],
        ]);
      }
    },
    LIMIT,
  );

  it(
    'that cannot be written stops nobody: the log says so, and the metrics count it',
    async () => {
      const all = await pair('--audit-log', '/dev/full', '--metrics', '0');
      expect((await run(['inspect-flow', all.resource, '--quiet'])).code).toBe(0);
      const failed = all.events().filter(({ kind }) => kind === 'audit_log.failed');
      expect(failed).toMatchObject([{ level: 'error', message: expect.stringContaining('ENOSPC') }]);
      const families = readExposition(await (await fetch(metricsOf(all))).text());
      const failures = families.find(({ name }) => name === 'mcp_oauth_demo_audit_log_failures_total');
      expect(failures!.samples[0]!.value).toBeGreaterThan(3);
    },
    LIMIT,
  );
});

describe('a trace', () => {
  it(
    'goes on to the authorization server under its id, and is told in both logs',
    async () => {
      const all = await pair('--audit-log', path);
      await fetch(all.resource, {
        method: 'POST',
        headers: {
          authorization: 'Bearer a-token-that-nobody-has-ever-issued-here-0123',
          traceparent: TRACEPARENT,
          'content-type': 'application/json',
        },
        body: '{}',
      });
      await expect
        .poll(() =>
          all
            .events()
            .filter(({ trace_id }) => trace_id === TRACE)
            .map(({ kind }) => kind),
        )
        .toEqual(
          expect.arrayContaining(['token.introspected', 'introspection.answered', 'bearer.challenged']),
        );
      const spans = new Map(all.events().map(({ server, span_id }) => [server, span_id]));
      expect(spans.get('as')).not.toBe(spans.get('rs'));
      expect(audited().find(({ event }) => event === 'bearer.challenged')).toMatchObject({ trace_id: TRACE });
      await postMcp(all.resource, 'another-token-that-nobody-has-issued-here-012', {});
      await expect.poll(() => audited().filter(({ event }) => event === 'bearer.challenged')).toHaveLength(2);
      expect(audited().at(-1)).not.toHaveProperty('trace_id');
    },
    LIMIT,
  );

  it(
    'is shown to an authorization server with its flags and state, and never to the host of a client',
    async () => {
      const seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
      const foreign = createServer((request, response) => {
        seen.push({ url: request.url ?? '', headers: request.headers });
        const url = `http://${request.headers.host}`;
        const answers: Record<string, object> = {
          '/.well-known/oauth-authorization-server': {
            issuer: url,
            introspection_endpoint: `${url}/introspect`,
          },
          '/introspect': { active: false },
        };
        const answer = answers[request.url ?? ''];
        response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer ?? {}));
      });
      await new Promise<void>((done) => foreign.listen(0, '127.0.0.1', done));
      const host = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
      try {
        const rs = await listening(
          start([
            'rs',
            '--port',
            '0',
            '--auth-server',
            host,
            '--log-format',
            'json',
            '--introspection-credentials',
            'a:b',
          ]),
        );
        opened.push(rs);
        const traced = { traceparent: TRACEPARENT, tracestate: 'rojo=1' };
        await fetch(rs.resource, {
          method: 'POST',
          headers: { authorization: 'Bearer x'.padEnd(50, 'y'), ...traced },
        });
        const told = seen.filter(({ headers }) => headers['traceparent'] !== undefined);
        expect(told.length).toBeGreaterThan(0);
        for (const { headers } of told) {
          expect(headers['traceparent']).toMatch(
            new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`),
          );
          expect(headers['tracestate']).toBe('rojo=1');
        }
        const as = await listening(
          start(['as', '--port', '0', '--cimd-allow-loopback', '--log-format', 'json']),
        );
        opened.push(as);
        seen.length = 0;
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: `${host}/client.json`,
          redirect_uri: 'http://127.0.0.1/callback',
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
        });
        await fetch(`${as.issuer}/authorize?${query}`, { headers: traced });
        expect(seen.map(({ url }) => url)).toEqual(['/client.json']);
        expect(seen[0]!.headers).not.toHaveProperty('traceparent');
        expect(seen[0]!.headers).not.toHaveProperty('tracestate');
      } finally {
        foreign.closeAllConnections();
        foreign.close();
      }
    },
    LIMIT,
  );
});

describe('the flags of the observation', () => {
  it.each([
    [['--metrics', 'localhost'], /--metrics: "localhost" is no port/],
    [['--metrics', '70000'], /--metrics: "70000" is no port/],
    [['--audit-log', '-'], /--audit-log: needs the path of a file/],
    [['--audit-log', '/'], /--audit-log: cannot write \/: it is a directory/],
  ])('%s is told in one line', async (flags, said) => {
    const { code, stderr } = await run(['as', '--port', '0', ...flags]);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+(?:›\s+)?/g, ' ')).toMatch(said);
  });
});
