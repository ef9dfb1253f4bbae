import { describe, expect, it } from 'vitest';
import { createForeignPair, json, RESOURCE_METADATA, type Routes } from '../support.js';
import { PROXY, PROXY_AS, proxied } from './proxied.js';

const PRM = `${PROXY}/.well-known/oauth-protected-resource/mcp`;

async function ready(routes: Routes = {}) {
  const pair = createForeignPair(routes);
  const made = proxied(pair.fetch);
  await made.fetch(PRM);
  return { ...made, pair };
}

const page =
  (html: string, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });

describe('who may use the proxy', () => {
  it('asks it by a name of this machine', async () => {
    const { proxy, pair } = await ready();
    const before = pair.requests.length;
    const rebound = await proxy.app.fetch(new Request('http://evil.example:7411/mcp'));
    expect(rebound.status).toBe(421);
    const tunnelled = await proxy.app.fetch(
      new Request(`${PROXY}/mcp`, { headers: { host: 'evil.example' } }),
    );
    expect(tunnelled.status).toBe(421);
    expect(pair.requests).toHaveLength(before);
  });

  it('is not the proxy itself', async () => {
    const made = proxied((input, init) => made.proxy.app.fetch(new Request(input, init)), `${PROXY}/mcp`);
    const response = await made.proxy.app.fetch(new Request(`${PROXY}/mcp`, { method: 'POST' }));
    expect(response.status).toBe(508);
  });
});

describe('where a request goes', () => {
  it.each(['//evil.example/x', '/https://evil.example/', '/\\evil.example', '/@evil.example/'])(
    'is the server, whatever the path: %s',
    async (path) => {
      const { proxy, pair } = await ready();
      await proxy.app.fetch(new Request(PROXY + path));
      expect(pair.requests.at(-1)).toMatch(/^GET https:\/\/mcp\.example\//);
    },
  );

  it('is without what belongs to one connection', async () => {
    let seen = new Headers();
    const { fetch } = await ready({
      'GET mcp.example/x': ({ headers }) => ((seen = headers), new Response('')),
    });
    await fetch(`${PROXY}/x`, {
      headers: {
        connection: 'x-hop',
        'x-hop': '1',
        te: 'trailers',
        'proxy-authorization': 'Basic a',
        'x-kept': '1',
      },
    });
    expect([...seen.keys()].filter((name) => /hop|^te$|proxy|connection/.test(name))).toEqual([]);
    expect(seen.get('x-kept')).toBe('1');
    expect(seen.get('via')).toMatch(/mcp-oauth-demo/);
  });
});

describe('cookies', () => {
  it('of a login work, without what holds for its host or for https only', async () => {
    let sent: string | null = null;
    const { fetch } = await ready({
      'GET as.example/login': () =>
        new Response('', {
          headers: {
            'set-cookie': '__Host-session=abc; Domain=as.example; Path=/; Secure; HttpOnly; SameSite=None',
          },
        }),
      'GET as.example/next': ({ headers }) => ((sent = headers.get('cookie')), new Response('')),
    });
    const [cookie] = (await fetch(`${PROXY_AS}/login`)).headers.getSetCookie();
    expect(cookie).toMatch(/^mcp-proxy-7412-[\w-]{12}-__Host-session=abc; Path=\/; HttpOnly; SameSite=Lax$/);
    await fetch(`${PROXY_AS}/next`, { headers: { cookie: cookie!.split(';')[0]! } });
    expect(sent).toBe('__Host-session=abc');
  });

  it('of whatever else runs on this machine go to no server', async () => {
    let sent: string | null = 'not asked';
    const { fetch } = await ready({
      'GET as.example/x': ({ headers }) => ((sent = headers.get('cookie')), new Response('')),
    });
    await fetch(`${PROXY_AS}/x`, { headers: { cookie: 'wiki-session=secret; mcp-proxy-7411-a=b' } });
    expect(sent).toBeNull();
  });
});

describe('pages of a login', () => {
  it('lead to the proxy with every link, form, script and policy, and to others as before', async () => {
    const html = [
      '<base href="https://as.example/"><form action="https://as.example/login" method="post">',
      '<meta http-equiv="refresh" content="0; url=https://as.example/next"><a href="//as.example/x">x</a>',
      '<a href="https://as.example.org/">not theirs</a> <a href="https://other.example/">other</a>',
      '<script>const a = "https:\\/\\/as.example\\/api";</script><a href="/r?to=https%3A%2F%2Fas.example%2Fy">y</a>',
    ].join('\n');
    const { fetch } = await ready({
      'GET as.example/login': page(html, {
        'content-security-policy':
          "default-src 'self'; form-action https://as.example as.example; upgrade-insecure-requests",
        'strict-transport-security': 'max-age=1',
        'clear-site-data': '"*"',
      }),
    });
    const response = await fetch(`${PROXY_AS}/login`);
    const shown = await response.text();
    expect(shown).toContain(`<base href="${PROXY_AS}/"><form action="${PROXY_AS}/login"`);
    expect(shown).toContain(`url=${PROXY_AS}/next`);
    expect(shown).toContain('"http:\\/\\/localhost:7412\\/api"');
    expect(shown).toContain(`to=${encodeURIComponent(`${PROXY_AS}/y`)}`);
    expect(shown).toContain('<a href="https://as.example.org/">');
    expect(shown).toContain('<a href="https://other.example/">');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'self'; form-action ${PROXY_AS} localhost:7412`,
    );
    expect(response.headers.has('strict-transport-security')).toBe(false);
    expect(response.headers.has('clear-site-data')).toBe(false);
    expect(shown.replaceAll('as.example.org', '')).not.toContain('//as.example');
  });

  it('get back what they were shown: a return address is again that of the server', async () => {
    let form = new URLSearchParams();
    const { fetch } = await ready({
      'POST as.example/login': async (request) => (
        (form = new URLSearchParams(await request.text())),
        new Response('')
      ),
    });
    await fetch(`${PROXY_AS}/login`, {
      method: 'POST',
      headers: { origin: PROXY_AS },
      body: new URLSearchParams({
        return_to: `${PROXY_AS}/authorize?a=b`,
        state: `${PROXY}/mcp`,
        password: 'hunter2',
      }),
    });
    expect(form.get('return_to')).toBe('https://as.example/authorize?a=b');
    expect(form.get('state')).toBe(`${PROXY}/mcp`);
  });

  it('and what is typed into them are not written down', async () => {
    const { fetch, exchanges } = await ready({
      'POST as.example/login': page('<p>Welcome, alice@example.com</p>'),
    });
    await fetch(`${PROXY_AS}/login?hint=alice@example.com`, {
      method: 'POST',
      headers: { 'x-api-key': 'an-api-key' },
      body: new URLSearchParams({ identifier: 'alice@example.com', answer: 'hunter2' }),
    });
    expect(exchanges.at(-1)).toMatchObject({ meaning: 'sign-in', from: 'browser', to: 'as' });
    expect(JSON.stringify(exchanges.at(-1))).not.toMatch(/hunter2|alice|an-api-key/);
  });
});

describe('a server that misbehaves', () => {
  it('and does not answer is told of in one line, and written down', async () => {
    const { proxy, exchanges } = proxied(async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
      });
    });
    const response = await proxy.app.fetch(new Request(`${PROXY}/mcp`, { method: 'POST', body: '{}' }));
    expect(response.status).toBe(502);
    const text = await response.text();
    expect(text).toBe(
      'mcp-oauth-demo proxy: no answer from https://mcp.example: nothing listens there (ECONNREFUSED)\n',
    );
    expect(exchanges).toEqual([
      expect.objectContaining({ response: null, error: expect.stringContaining('nothing listens there') }),
    ]);
  });

  it('and says more than can be rewritten is not believed', async () => {
    const { fetch, exchanges } = await ready({
      'GET as.example/login': page('x'.repeat(5 * 1024 * 1024)),
    });
    const response = await fetch(`${PROXY_AS}/login`);
    expect(response.status).toBe(502);
    expect(exchanges.at(-1)).toMatchObject({
      response: null,
      error: expect.stringContaining('larger than 4 MiB'),
    });
  });

  it.each([
    ['no JSON', () => new Response('<html>', { headers: { 'content-type': 'application/json' } })],
    ['a list', json([1, 2])],
    ['members of the wrong kind', json({ ...RESOURCE_METADATA, resource: 5, authorization_servers: 'x' })],
    [
      'an issuer that is no URL',
      json({ ...RESOURCE_METADATA, authorization_servers: ['javascript:alert(1)'] }),
    ],
  ])('and gives metadata with %s is passed on, and breaks nothing', async (_case, answer) => {
    const { fetch, exchanges } = await ready({
      'GET mcp.example/.well-known/oauth-protected-resource/mcp': answer,
    });
    const response = await fetch(PRM);
    expect(response.status).toBe(200);
    expect(exchanges.at(-1)).toMatchObject({ meaning: 'resource-metadata', error: null });
  });

  it('and sends a stream that never ends holds nobody up', async () => {
    const { fetch } = await ready({
      'GET mcp.example/mcp': () =>
        new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
          }),
          { headers: { 'content-type': 'text/event-stream' } },
        ),
    });
    const response = await fetch(`${PROXY}/mcp`);
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: 1\n\n');
    await reader.cancel();
  });

  it('is sent no request that is larger than any message', async () => {
    const { fetch, pair } = await ready();
    const before = pair.requests.length;
    const response = await fetch(`${PROXY}/mcp`, { method: 'POST', body: 'x'.repeat(4 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
    expect(pair.requests).toHaveLength(before);
  });
});
