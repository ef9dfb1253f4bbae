import { describe, expect, it } from 'vitest';
import type { Fetch } from '../../../src/shared/http/fetch.js';
import {
  AS_METADATA,
  createForeignPair,
  inspect,
  ISSUER,
  json,
  redirectBack,
  RESOURCE_METADATA,
  type Routes,
  TARGET,
} from '../support.js';
import { PROXY, PROXY_AS, proxied } from './proxied.js';

const RESOURCE = `${PROXY}/mcp`;
const PRM = `${PROXY}/.well-known/oauth-protected-resource/mcp`;
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';

const withMetadata = (more: Readonly<Record<string, unknown>>): Routes => ({
  [AS_ROUTE]: json({ ...AS_METADATA, ...more }),
});

async function documentAt(fetch: Fetch, url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

describe('a client is sent to the real authorization server, with the reason,', () => {
  it.each([
    [
      'the login is at another host than the issuer',
      { authorization_endpoint: 'https://login.example/authorize' },
      /another host \(https:\/\/login\.example\)/,
    ],
    [
      'clients authenticate only with keys',
      { token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth'] },
      /private_key_jwt, tls_client_auth/,
    ],
    ['tokens are bound to certificates', { tls_client_certificate_bound_access_tokens: true }, /RFC 8705/],
    ['authorization requests must be signed', { require_signed_request_object: true }, /RFC 9101/],
  ])('where %s', async (_case, metadata, reason) => {
    const { fetch, notes, proxy } = proxied(createForeignPair(withMetadata(metadata)).fetch);
    expect(await documentAt(fetch, PRM)).toMatchObject({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
    });
    expect(notes).toEqual([expect.stringMatching(reason)]);
    expect(notes[0]).toMatch(/^only the MCP server is watched: /);
    expect(proxy.notes()).toContain(notes[0]);
  });

  it('but not where a way of authentication that is bound to no issuer is offered too', async () => {
    const { fetch, notes } = proxied(
      createForeignPair(withMetadata({ token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'] }))
        .fetch,
    );
    expect(await documentAt(fetch, PRM)).toMatchObject({ authorization_servers: [PROXY_AS] });
    expect(notes).toEqual([]);
  });

  it('from the next attempt on, once a login has gone on at another host; the browser goes to the real server at once', async () => {
    const pair = createForeignPair({
      'GET as.example/authorize': () =>
        new Response(null, { status: 302, headers: { location: 'https://idp.example/login?ticket=1' } }),
    });
    const { fetch, notes, exchanges } = proxied(pair.fetch);
    await documentAt(fetch, PRM);
    const redirect = await fetch(
      `${PROXY_AS}/authorize?client_id=a&redirect_uri=${encodeURIComponent('http://127.0.0.1:9/cb')}&resource=${encodeURIComponent(RESOURCE)}&state=s`,
    );
    const location = new URL(redirect.headers.get('location')!);
    expect(location.origin + location.pathname).toBe(`${ISSUER}/authorize`);
    expect(location.searchParams.get('resource')).toBe(TARGET);
    expect(location.searchParams.get('redirect_uri')).toBe('http://127.0.0.1:9/cb');
    expect(notes).toEqual([
      expect.stringContaining('the login goes on at another host (https://idp.example)'),
    ]);
    expect(exchanges.at(-1)!.said.join()).toContain('https://idp.example');
    expect(await documentAt(fetch, PRM)).toMatchObject({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
    });
  });

  it.each([
    ['an assertion', {}, { grant_type: 'client_credentials', client_assertion: 'a.b.c' }, /private_key_jwt/],
    ['a DPoP proof', { dpop: 'a.b.c' }, { grant_type: 'authorization_code' }, /DPoP/],
  ])('from the next attempt on, once a client has sent %s', async (_case, headers, form, reason) => {
    const { fetch, notes } = proxied(createForeignPair().fetch);
    await documentAt(fetch, PRM);
    await fetch(`${PROXY_AS}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
    expect(notes).toEqual([expect.stringMatching(reason)]);
    expect(await documentAt(fetch, PRM)).toMatchObject({ authorization_servers: [ISSUER] });
  });

  it('and a redirect to the client is no reason for it, wherever that is', async () => {
    const { fetch, notes } = proxied(
      createForeignPair({ 'GET as.example/authorize': redirectBack({}) }).fetch,
    );
    await documentAt(fetch, PRM);
    const redirect = await fetch(
      `${PROXY_AS}/authorize?client_id=a&redirect_uri=https%3A%2F%2Fclient.example%2Fcb&state=s`,
    );
    const location = new URL(redirect.headers.get('location')!);
    expect(location.origin).toBe('https://client.example');
    expect(location.searchParams.get('iss')).toBe(PROXY_AS);
    expect(notes).toEqual([]);
  });

  it('and what would be good at the real servers only is not offered to the client', async () => {
    const pair = createForeignPair({
      ...withMetadata({
        signed_metadata: 'a.b.c',
        dpop_signing_alg_values_supported: ['ES256'],
        mtls_endpoint_aliases: {},
      }),
      'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
        ...RESOURCE_METADATA,
        signed_metadata: 'a.b.c',
      }),
    });
    const { fetch, exchanges } = proxied(pair.fetch);
    expect(await documentAt(fetch, PRM)).not.toHaveProperty('signed_metadata');
    const shown = await documentAt(fetch, `${PROXY_AS}/.well-known/oauth-authorization-server`);
    for (const member of ['signed_metadata', 'dpop_signing_alg_values_supported', 'mtls_endpoint_aliases']) {
      expect(shown).not.toHaveProperty(member);
      expect(exchanges.at(-1)!.said.join('\n')).toContain(`${member} is left out`);
    }
  });
});

describe('an endpoint at yet another host', () => {
  it('is reached through the proxy, if clients and no browser ask it', async () => {
    const token = 'https://tokens.example/v2/token';
    const pair = createForeignPair(withMetadata({ token_endpoint: token }));
    const asked: string[] = [];
    const upstream: Fetch = async (input, init) => {
      const request = new Request(input, init);
      if (request.url !== token) return pair.fetch(request);
      asked.push(await request.text());
      return Response.json({ access_token: 'foreign-access-token-0123456789abcdef', token_type: 'Bearer' });
    };
    const { fetch, exchanges } = proxied(upstream);
    const { document } = await inspect(fetch, { target: RESOURCE });
    expect(document.outcome).toBe('completed');
    expect(new URLSearchParams(asked[0]).get('resource')).toBe(TARGET);
    expect(exchanges.filter(({ meaning }) => meaning === 'token-request')).toHaveLength(1);
  });

  it('is not asked because a client says so', async () => {
    const pair = createForeignPair();
    const { fetch } = proxied(pair.fetch);
    await documentAt(fetch, PRM);
    for (const name of ['token_endpoint', 'https://evil.example/', 'issuer', 'constructor']) {
      const response = await fetch(`${PROXY_AS}/.mcp-oauth-demo-proxy/${name}`);
      expect(response.status).toBe(502);
    }
    expect(
      pair.requests.filter((request) => !/ https:\/\/(?:mcp|as)\.example\/\.well-known\//.test(request)),
    ).toEqual([]);
  });

  it('on this machine is not asked for a server elsewhere', async () => {
    const asked: string[] = [];
    const pair = createForeignPair({
      'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
        resource: TARGET,
        authorization_servers: ['http://127.0.0.1:9000'],
      }),
    });
    const upstream: Fetch = async (input, init) => {
      const { url } = new Request(input, init);
      asked.push(url);
      return pair.fetch(url, init);
    };
    const { fetch, notes } = proxied(upstream);
    expect(await documentAt(fetch, PRM)).toMatchObject({ authorization_servers: ['http://127.0.0.1:9000'] });
    expect(asked.filter((url) => url.includes('127.0.0.1'))).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('names an address on this machine')]);
  });
});
