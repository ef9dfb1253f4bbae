import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { s256Challenge } from '../../src/shared/oauth/pkce.js';
import { signIn } from '../interop/support/sign-in.js';
import { listening, postMcp, run, type Running, start, startPair } from '../support/cli.js';

const running: Running[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.stop('SIGKILL')));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const CALLBACK = 'http://127.0.0.1:41999/callback';
const VERIFIER = 'a-verifier-of-the-tests-with-43-characters-or-more';

/** Serves a client's document on this machine. @returns its URL, and how often it was asked for */
async function serveDocument() {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const { port } = server.address() as AddressInfo;
    const document = {
      client_id: `http://localhost:${port}/client.json`,
      client_name: 'A client on this machine',
      redirect_uris: ['http://127.0.0.1/callback'],
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/client.json`,
    asked: () => asked,
  };
}

function authorizeUrl(issuer: string, client_id: string): string {
  const query = {
    response_type: 'code',
    client_id,
    redirect_uri: CALLBACK,
    code_challenge: s256Challenge(VERIFIER),
    code_challenge_method: 'S256',
  };
  return `${issuer}/authorize?${new URLSearchParams(query)}`;
}

describe('a client with a metadata document on this machine', () => {
  it('gets from its document to the MCP server with --cimd-allow-loopback', async () => {
    const document = await serveDocument();
    const pair = await startPair('--cimd-allow-loopback');
    running.push(pair);
    const redirect = await signIn(authorizeUrl(pair.issuer, document.url));
    const response = await fetch(`${pair.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: document.url,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
        code: redirect.searchParams.get('code') ?? '',
      }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    expect((await postMcp(pair.resource, access_token, list)).status).not.toBe(401);
    expect(document.asked()).toBeGreaterThan(0);
    expect(pair.events()).toContainEqual(
      expect.objectContaining({ kind: 'client.document_read', outside_the_draft: true }),
    );
    expect(pair.events()).toContainEqual(
      expect.objectContaining({ kind: 'token.issued', client_id: document.url, route: 'cimd' }),
    );
  });

  it('is refused without it, on a page that names it, and its host is not asked', async () => {
    const document = await serveDocument();
    const as = start(['as', '--port', '0', '--log-format', 'json']);
    running.push(as);
    const { issuer } = await listening(as);
    const page = await fetch(authorizeUrl(issuer, document.url), { redirect: 'manual' });
    expect(page.status).toBe(400);
    expect(await page.text()).toContain('--cimd-allow-loopback');
    const https = document.url.replace('http:', 'https:');
    const other = await fetch(authorizeUrl(issuer, https), { redirect: 'manual' });
    expect(await other.text()).toContain('document_address_not_public');
    expect(document.asked()).toBe(0);
  });
});

describe('wrong flags for metadata documents end in one line', () => {
  it.each([
    [
      'outside demo mode',
      ['--public-url', 'https://as.example', '--user', 'a:b', '--cimd-allow-loopback'],
      /^mcp-oauth-demo as: --cimd-allow-loopback: is for demo mode only.*\n$/,
    ],
    [
      'a URL for a host',
      ['--cimd-trust', 'https://a.example/'],
      /^mcp-oauth-demo as: --cimd-trust: .*must be a host.*\n$/,
    ],
    [
      'documents switched off',
      ['--registration=preset,dcr', '--cimd-trust', 'a.example'],
      /^mcp-oauth-demo as: --cimd-trust: has no effect.*\n$/,
    ],
  ])('%s', async (_what, flags, line) => {
    const { code, stderr } = await run(['as', '--port', '0', ...flags]);
    expect(stderr).toMatch(line);
    expect(code).toBe(2);
  });
});
