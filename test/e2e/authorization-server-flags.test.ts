import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { signIn } from '../interop/support/sign-in.js';
import { listening, type Running, start } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'as-flags-'));
const running: Running[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop('SIGKILL')));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CALLBACK = 'http://127.0.0.1:41999/callback';
const VERIFIER = 'a-verifier-of-the-tests-with-43-characters-or-more';

/** `as` on a free port of this machine, whatever URL it calls its own. */
async function startAs(...flags: readonly string[]) {
  const as = start(['as', '--port', '0', '--log-format', 'json', ...flags]);
  running.push(as);
  const { issuer } = await listening(as);

  const authorizeUrl = (parameters: Readonly<Record<string, string>>) => {
    const query = {
      response_type: 'code',
      redirect_uri: CALLBACK,
      code_challenge: s256Challenge(VERIFIER),
      code_challenge_method: 'S256',
      ...parameters,
    };
    return `${issuer}/authorize?${new URLSearchParams(query)}`;
  };
  const post = async (path: string, form: Readonly<Record<string, string>>, headers = {}) => {
    const response = await fetch(issuer + path, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const codeFor = async (parameters: Readonly<Record<string, string>>) =>
    (await signIn(authorizeUrl(parameters))).searchParams.get('code') ?? '';
  const redeem = (code: string, form: Readonly<Record<string, string>>, headers = {}) =>
    post(
      '/token',
      { grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: VERIFIER, code, ...form },
      headers,
    );
  return { ...as, issuer, authorizeUrl, post, codeFor, redeem };
}

describe('preset clients', () => {
  it('come from --clients and from each --client, and are all the clients that there are', async () => {
    const file = join(folder, 'clients.json');
    const backend = { client_id: 'backend', client_secret: 'a-long-random-value', redirect_uris: [CALLBACK] };
    writeFileSync(file, JSON.stringify([{ ...backend, client_name: 'Our backend' }]));
    const as = await startAs(
      `--clients=${file}`,
      '--unknown-clients=reject',
      '--client=one',
      '--client=two=https://app.example/a',
      '--client=two=https://app.example/b',
    );
    const status = async (client_id: string, redirect_uri: string) =>
      (await fetch(as.authorizeUrl({ client_id, redirect_uri }))).status;
    expect(await status('one', CALLBACK)).toBe(200);
    expect(await status('two', 'https://app.example/a')).toBe(200);
    expect(await status('two', 'https://app.example/b')).toBe(200);
    expect(await status('two', CALLBACK)).toBe(400);
    expect(await status('three', CALLBACK)).toBe(400);

    const code = await as.codeFor({ client_id: 'backend' });
    const basic = { authorization: `Basic ${btoa('backend:a-long-random-value')}` };
    expect(await as.redeem(code, {}, basic)).toMatchObject({ status: 200 });
    expect(as.stdout() + as.stderr()).not.toContain('a-long-random-value');
  });
});

describe('lifetimes and scopes', () => {
  it('are what the flags say', async () => {
    const as = await startAs(
      '--client=one',
      '--scopes=user,clock',
      '--access-token-seconds=7',
      '--refresh-token-seconds=1',
      '--code-seconds=1',
    );
    const late = await as.codeFor({ client_id: 'one' });
    const granted = await as.redeem(await as.codeFor({ client_id: 'one' }), { client_id: 'one' });
    expect(granted).toMatchObject({ status: 200, body: { expires_in: 7, scope: 'user clock' } });
    await pause(2000);
    expect((await as.redeem(late, { client_id: 'one' })).body).toMatchObject({ error: 'invalid_grant' });
    const refresh_token = String(granted.body['refresh_token']);
    const refresh = { grant_type: 'refresh_token', client_id: 'one', refresh_token };
    expect((await as.post('/token', refresh)).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('--open-introspection', () => {
  it('lets a resource server ask that has no credentials, which is refused without it', async () => {
    const [open, shut] = await Promise.all([startAs('--open-introspection'), startAs()]);
    expect(await open.post('/introspect', { token: 'x' })).toEqual({ status: 200, body: { active: false } });
    expect(await shut.post('/introspect', { token: 'x' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });
});

describe('--resource', () => {
  it('is the audience of a token that was asked for without one, if it is the only one', async () => {
    const audience = async (...flags: string[]) => {
      const as = await startAs('--client', 'one', ...flags);
      const { body } = await as.redeem(await as.codeFor({ client_id: 'one' }), { client_id: 'one' });
      const token = String(body['access_token']);
      const authorization = `Basic ${btoa('demo-rs:demo-rs-secret')}`;
      const [line] = await as.printed(/^.*"kind":"authorization\.requested".*$/m);
      const { resource_defaulted } = JSON.parse(line) as { resource_defaulted: boolean };
      return {
        aud: (await as.post('/introspect', { token }, { authorization })).body['aud'],
        resource_defaulted,
      };
    };
    const [none, one, two] = await Promise.all([
      audience(),
      audience('--resource', 'https://a.example/mcp'),
      audience('--resource', 'https://a.example/mcp', '--resource', 'https://b.example/mcp'),
    ]);
    expect(none).toEqual({ aud: undefined, resource_defaulted: false });
    expect(one).toEqual({ aud: 'https://a.example/mcp', resource_defaulted: true });
    expect(two).toEqual({ aud: undefined, resource_defaulted: false });
  });
});

describe('--public-url', () => {
  it('is the issuer, without a slash at its end, wherever the server listens', async () => {
    const { issuer } = await startAs('--public-url', 'https://as.example/', '--user', 'alice:correct-horse');
    expect(issuer).toBe('https://as.example');
  });
});
