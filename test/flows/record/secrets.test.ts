import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { readText } from '../../../src/shared/http/body.js';
import { s256 } from '../support.js';
import { createBrowser } from '../../support/browser.js';
import { ISSUER, recordedPair, RESOURCE } from './recorded-pair.js';
import { watchedApp } from './watched-app.js';

/** So much of a random value is as good as the value. */
const PART = 16;

/** The parts of secrets that stand in what was written down. */
function found(secrets: readonly string[], exchanges: readonly RecordedExchange[]): readonly string[] {
  const text = JSON.stringify(exchanges);
  return secrets.filter((secret) => {
    for (let at = 0; at + PART <= secret.length; at += PART / 2) {
      if (text.includes(secret.slice(at, at + PART))) return true;
    }
    return secret.length < PART && text.includes(secret);
  });
}

/** Random as tokens are, and long enough to be recognised. */
const secret = fc.string({
  unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'),
  minLength: 32,
  maxLength: 64,
});

/** Ways in which an application may show somebody's secret to the one who sent it. */
const ECHOES: readonly ((told: string) => Response)[] = [
  (told) => Response.json({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: told }] } }),
  (told) => Response.json({ error: 'invalid_token', error_description: `no such token: ${told}` }),
  (told) => new Response(`<p>You sent <b>${told}</b></p>`, { headers: { 'content-type': 'text/html' } }),
  (told) => new Response(`you sent ${told}`, { headers: { 'x-seen': told } }),
  (told) =>
    new Response(`data: ${JSON.stringify({ result: told })}\n\n`, {
      headers: { 'content-type': 'text/event-stream' },
    }),
  (told) => new Response(null, { status: 302, headers: { location: `/next?seen=${told}` } }),
];

/** Ways in which a request brings a secret along. */
const SENDERS: readonly ((told: string) => RequestInit)[] = [
  (told) => ({ headers: { authorization: `Bearer ${told}` } }),
  (told) => ({ headers: { authorization: `Basic ${btoa(`client:${told}`)}` } }),
  (told) => ({ headers: { 'mcp-session-id': told } }),
  (told) => ({ method: 'POST', body: new URLSearchParams({ refresh_token: told, other: 'x' }) }),
  (told) => ({ method: 'POST', body: new URLSearchParams({ client_secret: told, code_verifier: told }) }),
  (told) => ({ method: 'POST', body: new URLSearchParams({ username: 'demo', password: told }) }),
  (told) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ params: { deep: [{ access_token: told }] } }),
  }),
];

describe('what is written down', () => {
  it('holds nothing of a secret that a request brought, wherever the answer repeats it', async () => {
    await fc.assert(
      fc.asyncProperty(
        secret,
        fc.constantFrom(...SENDERS),
        fc.constantFrom(...ECHOES),
        async (told, sender, echo) => {
          const { send, exchanges } = watchedApp(async (request) => {
            await readText(request);
            return echo(told);
          });
          expect(await (await send(sender(told))).text()).toBeTypeOf('string');
          expect(exchanges).toHaveLength(1);
          expect(found([told], exchanges)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('holds no secret of a whole flow: code, verifier, tokens, password, cookies, the values of the pages', async () => {
    const pair = recordedPair();
    const secrets: string[] = [];
    const verifier = 'verifier-0123456789-0123456789-0123456789-0123';
    const callback = 'http://127.0.0.1:33418/callback';
    const json = { 'content-type': 'application/json' };
    const registered = await pair.fetch(`${ISSUER}/register`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token'],
      }),
    });
    const client = (await registered.json()) as Record<string, string>;
    secrets.push(client['client_secret']!, client['registration_access_token']!);
    const authorize = new URL(`${ISSUER}/authorize`);
    authorize.search = new URLSearchParams({
      response_type: 'code',
      client_id: client['client_id']!,
      redirect_uri: callback,
      state: 'state-of-the-client',
      code_challenge: s256(verifier),
      code_challenge_method: 'S256',
      resource: RESOURCE,
    }).toString();
    const browser = createBrowser(async (input, init) => {
      const response = await pair.fetch(input, init);
      const given = response.headers.getSetCookie().map((one) => /^[^=]+=([^;]*)/.exec(one)![1]!);
      secrets.push(...given.filter((value) => value !== ''));
      const body = response.headers.has('location') ? null : await response.text();
      const fields = body?.matchAll(/name="(?:interaction|csrf_token)" value="([^"]+)"/g) ?? [];
      secrets.push(...[...fields].map(([, value]) => value!));
      return new Response(body, { status: response.status, headers: response.headers });
    }, ISSUER);
    const password = 'correct-horse-battery';
    const consent = await browser.submit(await browser.visit(authorize), { fields: { password } });
    const { left } = await browser.submit(consent);
    const code = left?.searchParams.get('code');
    expect(secrets.length).toBeGreaterThan(4);
    secrets.push(password);
    expect(code).toBeTypeOf('string');
    const issued = await pair.fetch(`${ISSUER}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: code!,
        redirect_uri: callback,
        code_verifier: verifier,
        client_id: client['client_id']!,
        client_secret: client['client_secret']!,
        resource: RESOURCE,
      }),
    });
    const tokens = (await issued.json()) as Record<string, string>;
    expect(tokens['access_token']).toBeTypeOf('string');
    secrets.push(code!, verifier, tokens['access_token']!, tokens['refresh_token']!);
    await pair.fetch(RESOURCE, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${tokens['access_token']}` },
      body: '{}',
    });
    expect(secrets).not.toContain(undefined);
    expect(secrets.length).toBeGreaterThan(8);
    expect(pair.exchanges.length).toBeGreaterThan(6);
    expect(found(secrets, pair.exchanges)).toEqual([]);
  });
});
