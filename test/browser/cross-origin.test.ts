import { createServer, type Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INITIALIZE } from '../rs/support.js';
import { agreeableAuthorizationServers } from '../support/agreeable-authorization-server.js';
import { type Listening, listening, start } from '../support/cli.js';
import { hasChromium, launchChromium } from './support/chromium.js';
import { newVisitor } from './support/visitor.js';

/** What a script in a page saw of an answer; `failed` is what the browser says where it may see nothing. */
interface Seen {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly failed?: string;
}

const MODERN = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'get_time',
};
const CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: {
    name: 'get_time',
    arguments: { timezone: 'UTC' },
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'page', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
});

describe.runIf(hasChromium())('a client that is a web page, in a real browser', () => {
  const startAs = agreeableAuthorizationServers();
  let browser: Browser;
  let pages: Server;
  let page: string;

  beforeAll(async () => {
    browser = await launchChromium();
    pages = createServer(({ url }, response) => {
      if (url === '/sandboxed') response.setHeader('content-security-policy', 'sandbox allow-scripts');
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><link rel="icon" href="data:,"><title>A client</title>');
    });
    await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
    const address = pages.address();
    if (address === null || typeof address === 'string') throw new Error('not bound');
    page = `http://127.0.0.1:${address.port}/`;
  });

  afterAll(async () => {
    await browser.close();
    pages.closeAllConnections();
    await new Promise((closed) => pages.close(closed));
  });

  /** Opens the page, and has its script send one request. */
  async function fetchFrom(url: string, target: string, init: RequestInit): Promise<Seen> {
    const visitor = await newVisitor(browser);
    try {
      await visitor.page.goto(url);
      return await visitor.page.evaluate(
        async ([where, options]) => {
          try {
            const response = await fetch(where, options);
            const headers = Object.fromEntries(response.headers);
            return { status: response.status, headers, body: await response.text() };
          } catch (error) {
            return { failed: String(error) };
          }
        },
        [target, init] as const,
      );
    } finally {
      await visitor.close();
    }
  }

  async function withRs(run: (rs: Listening) => Promise<void>): Promise<void> {
    const as = await startAs(undefined, { poor: { scope: 'other' }, gone: { active: false } });
    const args = ['rs', '--port', '0', '--auth-server', as.issuer, '--log-format', 'json'];
    const rs = await listening(start(args));
    try {
      await run(rs);
    } finally {
      await rs.stop();
    }
  }

  const post = (token: string | undefined, body: string, headers: Record<string, string>) => ({
    method: 'POST',
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body,
  });

  it('reads the metadata, each challenge, and the answer to its call', async () => {
    await withRs(async ({ resource }) => {
      const ask = (init: RequestInit) => fetchFrom(page, resource, init);
      const metadata = resource.replace('/mcp', '/.well-known/oauth-protected-resource/mcp');
      const read = await fetchFrom(page, metadata, { headers: { 'mcp-protocol-version': '2025-11-25' } });
      expect(JSON.parse(read.body!)).toMatchObject({ resource });

      const challenged = await ask(post(undefined, CALL, MODERN));
      expect(challenged.status).toBe(401);
      expect(challenged.headers!['www-authenticate']).toContain(`resource_metadata="${metadata}"`);
      expect((await ask(post('gone', CALL, MODERN))).headers!['www-authenticate']).toContain('invalid_token');
      const poor = await ask(post('poor', CALL, MODERN));
      expect([poor.status, poor.headers!['www-authenticate']]).toEqual([
        403,
        expect.stringContaining('insufficient_scope'),
      ]);

      const called = await ask(post('good', CALL, MODERN));
      expect(called.status).toBe(200);
      expect(called.body).toContain('(UTC)');
    });
  });

  it('reads the id of its session, and ends it', async () => {
    await withRs(async ({ resource }) => {
      const { accept, 'content-type': type } = MODERN;
      const opened = await fetchFrom(
        page,
        resource,
        post('good', JSON.stringify(INITIALIZE), { accept, 'content-type': type }),
      );
      const session = opened.headers!['mcp-session-id'];
      expect(session).toMatch(/^\S{40,}$/);
      const headers = { authorization: 'Bearer good', 'mcp-session-id': session! };
      expect((await fetchFrom(page, resource, { method: 'DELETE', headers })).status).toBe(200);
    });
  });

  it('reads nothing, and calls nothing, from a page without an origin of its own', async () => {
    await withRs(async (rs) => {
      const opaque = `${page}sandboxed`;
      expect((await fetchFrom(opaque, rs.resource, post('good', CALL, MODERN))).failed).toBeDefined();
      await rs.printed(/"reason":"origin_not_allowed"/);
      expect(rs.stderr()).not.toContain('mcp.request');
    });
  });
});
