import { describe, expect, it } from 'vitest';
import { pageOutward } from '../../../src/flows/proxy/html.js';
import { originsOf } from '../../../src/flows/proxy/origins.js';
import { createForeignPair, type Routes } from '../support.js';
import { PROXY, PROXY_AS, proxied } from './proxied.js';

const PRM = `${PROXY}/.well-known/oauth-protected-resource/mcp`;
const SECRET = 'Zq7hX0vPq3rT9wLk2mN8bC4dF6gH1jS';

async function ready(routes: Routes = {}) {
  const pair = createForeignPair(routes);
  const made = proxied(pair.fetch);
  await made.fetch(PRM);
  return made;
}

const text = (body: string, headers: Readonly<Record<string, string>>) => () =>
  new Response(body, { headers });

describe('what a browser keeps of a server that was met at a port', () => {
  it('are no cookies that another server gets there', async () => {
    let sent: string | null = 'not asked';
    const pair = createForeignPair({
      'GET mcp.example/login': text('', { 'set-cookie': 'session=of-the-first; Path=/' }),
      'GET as.example/login': ({ headers }) => ((sent = headers.get('cookie')), new Response('')),
    });
    const first = proxied(pair.fetch);
    const second = proxied(pair.fetch, 'https://as.example/mcp');
    const [cookie] = (await first.fetch(`${PROXY}/login`)).headers.getSetCookie();
    await second.fetch(`${PROXY}/login`, { headers: { cookie: cookie!.split(';')[0]! } });
    expect(sent).toBeNull();
  });

  it('are no pages or scripts that stand in those of another', async () => {
    const kept = { 'cache-control': 'public, max-age=31536000, immutable' };
    const { fetch } = await ready({
      'GET as.example/login.js': text('1', { ...kept, 'content-type': 'text/javascript' }),
      'GET as.example/login': text('<p>', { ...kept, 'content-type': 'text/html' }),
    });
    for (const path of ['/login.js', '/login']) {
      const { headers } = await fetch(PROXY_AS + path);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('is no service worker', async () => {
    const { fetch } = await ready({
      'GET as.example/sw.js': text('1', { 'content-type': 'text/javascript' }),
    });
    expect((await fetch(`${PROXY_AS}/sw.js`, { headers: { 'service-worker': 'script' } })).status).toBe(403);
    expect((await fetch(`${PROXY_AS}/sw.js`)).status).toBe(200);
  });
});

describe('what is typed into a login at the authorization endpoint', () => {
  it('is not written down, whatever its field is called', async () => {
    const { fetch, exchanges } = await ready({
      'POST as.example/authorize': () =>
        new Response(`<p>${SECRET}</p>`, {
          status: 303,
          headers: { 'content-type': 'text/html', location: `/consent?odd_name=${SECRET}&state=s1` },
        }),
    });
    const written = exchanges.length;
    const response = await fetch(`${PROXY_AS}/authorize?client_id=c&state=s1`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ kennwort: SECRET, client_id: 'c' }).toString(),
    });
    await response.text();
    expect(response.headers.get('location')).toContain(SECRET);
    expect(exchanges).toHaveLength(written + 1);
    const [exchange] = exchanges.slice(-1);
    expect(exchange?.meaning).toBe('authorization-request');
    expect(JSON.stringify(exchange)).not.toContain(SECRET);
    expect(exchange?.response?.headers['location']).toContain('state=s1');
  });
});

describe('a page that is made to take long', () => {
  it('is rewritten in a time that grows as the page does', () => {
    const origins = originsOf([{ upstream: 'https://as.example', local: PROXY_AS }]);
    const begin = performance.now();
    pageOutward('<script '.repeat(500_000), origins);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});
