import { afterEach, describe, expect, it } from 'vitest';
import { FORM, HTML, ORIGIN, servedFlows, TOKEN } from './support.js';

const PATH = '/flows/exchanges';
const OPEN = { issuer: 'https://as.example', demoMode: false } as const;

let served: ReturnType<typeof servedFlows>;
afterEach(() => served.close());

/** The status, with the body let go, as that of a stream has no end. */
async function statusOf(path: string, init?: RequestInit, address?: string): Promise<number> {
  const response = await served.fetch(path, init, address);
  await response.body?.cancel();
  return response.status;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function signIn(token: string, headers: Readonly<Record<string, string>> = {}, address?: string) {
  const body = new URLSearchParams({ token });
  return served.fetch('/flows/sign-in', { method: 'POST', headers: { ...FORM, ...headers }, body }, address);
}

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}

describe('without a token the flows are for this machine', () => {
  it('in demo mode, under a loopback name', async () => {
    served = servedFlows();
    expect(await statusOf(PATH)).toBe(200);
    for (const host of ['127.0.0.1:9000', '[::1]:9000'])
      expect(await statusOf(PATH, { headers: { host } })).toBe(200);
  });

  it.each([
    ['under another name, as with DNS rebinding', { host: 'evil.example' }],
    ['through a tunnel that says so', { 'x-forwarded-host': 'tunnel.example' }],
  ])('and not %s', async (_what, headers) => {
    served = servedFlows();
    expect(await statusOf(PATH, { headers })).toBe(403);
  });

  it("and nobody's outside demo mode: there is nothing", async () => {
    served = servedFlows(OPEN);
    expect(await statusOf(PATH)).toBe(404);
    expect(await statusOf('/flows/levers', { method: 'POST' })).toBe(404);
  });
});

describe('with a token the flows are for whoever has it', () => {
  it.each([
    ['on loopback too', {}],
    ['outside demo mode', OPEN],
  ])('%s', async (_where, options) => {
    served = servedFlows({ ...options, token: TOKEN });
    const refused = await served.fetch(PATH);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    expect(await statusOf(PATH, { headers: bearer(TOKEN) })).toBe(200);
    expect(await statusOf(PATH, { headers: bearer(`${TOKEN}0`) })).toBe(401);
  });

  it('and a browser is asked for it on a page, and let in by a cookie that does not hold it', async () => {
    served = servedFlows({ ...OPEN, token: TOKEN });
    const page = await served.fetch('/flows', { headers: HTML });
    expect(page.status).toBe(401);
    expect(await page.text()).toContain('action="/flows/sign-in"');
    const signedIn = await signIn(TOKEN);
    expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/flows']);
    const [set] = signedIn.headers.getSetCookie();
    expect(set).toMatch(
      /^__Secure-mcp-oauth-demo-flows-443=[\w.-]+; Path=\/flows; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    );
    expect(set).not.toContain(TOKEN);
    expect(await statusOf(PATH, { headers: { cookie: cookieOf(signedIn) } })).toBe(200);
  });

  it('as long as the sign-in lasts, over a restart, and not where the token is another', async () => {
    served = servedFlows({ token: TOKEN });
    const cookie = cookieOf(await signIn(TOKEN));
    expect(cookie).toMatch(/^mcp-oauth-demo-flows-9000=/);
    await served.close();
    served = servedFlows({ token: TOKEN });
    expect(await statusOf(PATH, { headers: { cookie } })).toBe(200);
    served.wait(12 * 3600);
    expect(await statusOf(PATH, { headers: { cookie } })).toBe(401);
    await served.close();
    served = servedFlows({ token: `${TOKEN}-other` });
    expect(await statusOf(PATH, { headers: { cookie } })).toBe(401);
  });

  it('and no cookie that was made longer, or without the token', async () => {
    served = servedFlows({ token: TOKEN });
    const [name, value] = cookieOf(await signIn(TOKEN)).split('=') as [string, string];
    const [until, nonce, signed] = value.split('.') as [string, string, string];
    for (const forged of [
      `${Number(until) + 60}.${nonce}.${signed}`,
      `${until}.${nonce}.${'A'.repeat(43)}`,
      'x',
    ])
      expect(await statusOf(PATH, { headers: { cookie: `${name}=${forged}` } })).toBe(401);
  });

  it('until too many wrong ones have come from an address: then none is looked at for a while', async () => {
    served = servedFlows({ token: TOKEN });
    for (let time = 0; time < 10; time += 1) expect((await signIn('wrong')).status).toBe(401);
    const refused = await signIn(TOKEN);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await statusOf(PATH, { headers: bearer(TOKEN) })).toBe(429);
    expect((await signIn(TOKEN, {}, '192.0.2.7')).status).toBe(303);
    served.wait(60);
    expect((await signIn(TOKEN)).status).toBe(303);
  });

  it('and not for longer than that while, though the clock is set back meanwhile', async () => {
    served = servedFlows({ token: TOKEN });
    for (let time = 0; time < 10; time += 1) await signIn('wrong');
    expect((await signIn(TOKEN)).status).toBe(429);
    served.wait(-24 * 3600);
    expect((await signIn(TOKEN)).status).toBe(303);
  });
});

describe('pages of other origins', () => {
  it.each([
    ['read it', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['embed it', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
    [
      'frame it',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
  ])('cannot %s', async (_what, headers) => {
    served = servedFlows();
    expect(await statusOf(PATH, { headers })).toBe(403);
  });

  it('are never let in by CORS, and no answer may be framed, embedded or kept', async () => {
    served = servedFlows();
    const origin = 'http://localhost:3000';
    for (const method of ['GET', 'OPTIONS']) {
      const { headers, body } = await served.fetch(PATH, { method, headers: { origin } });
      await body?.cancel();
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    }
  });

  it('cannot post the sign-in', async () => {
    served = servedFlows({ token: TOKEN });
    expect((await signIn(TOKEN, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await signIn(TOKEN, { origin: 'null' })).status).toBe(403);
    expect((await signIn(TOKEN, { origin: ORIGIN })).status).toBe(303);
  });
});
