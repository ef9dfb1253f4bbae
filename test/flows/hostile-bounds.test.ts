import { describe, expect, it } from 'vitest';
import { createSend } from '../../src/flows/exchange/exchange.js';
import { visibleText } from '../../src/flows/parsing/html.js';
import { whyNotAsked } from '../../src/flows/exchange/reach.js';
import { formsOf } from '../../src/flows/user-agent/forms.js';
import { AS_METADATA, createForeignPair, inspect, json, protectedMcp, RESOURCE_METADATA } from './support.js';

const MCP = 'POST mcp.example/mcp';
const RS_METADATA = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';
const TARGET = 'https://mcp.example/mcp';

describe('a server on the internet', () => {
  it.each([
    ['http://10.1.2.3/x', /private network/],
    ['http://192.168.0.1/x', /private network/],
    ['http://169.254.169.254/latest/meta-data', /private network/],
    ['http://[fe80::1]/x', /private network/],
    ['http://[::ffff:10.0.0.1]/x', /private network/],
    ['http://2130706433/x', /this machine/],
    ['http://localhost./x', /this machine/],
    ['http://0.0.0.0/x', /this machine/],
    ['file:///etc/passwd', /not an http/],
    ['javascript:alert(1)', /not an http/],
    ['https://user:pass@as.example/x', /user name or a password/],
  ])('can not send us to %s', async (url, why) => {
    expect(await whyNotAsked(url, TARGET)).toMatch(why);
  });

  it('can not send us to a name that leads to a private network, and an intranet server can', async () => {
    const resolve = async (host: string) =>
      host.endsWith('.corp.example') ? ['10.0.0.7'] : ['93.184.215.14'];
    expect(await whyNotAsked('https://a.corp.example/x', TARGET, resolve)).toMatch(/private network/);
    expect(
      await whyNotAsked('https://b.corp.example/x', 'https://a.corp.example/mcp', resolve),
    ).toBeUndefined();
    expect(await whyNotAsked('https://as.example/x', TARGET, resolve)).toBeUndefined();
  });

  it('can not have a browser opened at what is no web address', async () => {
    const metadata = { ...AS_METADATA, authorization_endpoint: 'javascript:alert(1)' };
    const { failed, document } = await inspect(createForeignPair({ [AS_ROUTE]: json(metadata) }).fetch);
    expect(failed).toMatchObject({ id: 'authorization', reason: expect.stringContaining('is not opened') });
    expect(document.front_channel).toEqual([]);
  });
});

describe('time and memory stay bounded with', () => {
  it.each([
    '<form ',
    '<form>',
    '<!--',
    '<script>',
    '<button>',
    '<title',
    '<a role=alert>',
    '<',
    '<input name="',
  ])('a page that opens %s and never closes it', (piece) => {
    const page = piece.repeat(Math.floor((256 * 1024) / piece.length));
    const started = performance.now();
    visibleText(page);
    formsOf(page);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('JSON that is nested a hundred thousand times', async () => {
    const pair = createForeignPair({ [RS_METADATA]: () => new Response('['.repeat(100_000)) });
    const { failed, document } = await inspect(pair.fetch);
    expect(failed?.reason).toContain('nested deeper than 64 levels');
    expect(document.exchanges.at(-1)!.response!.body).toContain('withheld');
  });

  it('a stream that comes byte by byte', async () => {
    const bytes = new TextEncoder().encode('data: x\n\n'.repeat(6000));
    let at = 0;
    const slow = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            if (at >= bytes.length) controller.close();
            else controller.enqueue(bytes.slice(at, (at += 1)));
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      );
    const started = performance.now();
    await inspect(createForeignPair({ [MCP]: protectedMcp(slow) }).fetch);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  it('headers without end', async () => {
    const headers = { 'x-flood': 'x'.repeat(100_000) };
    const pair = createForeignPair({ [RS_METADATA]: () => new Response('{}', { headers }) });
    expect((await inspect(pair.fetch)).failed?.reason).toContain('headers are larger than 64 KiB');
  });

  it('a list of tools that never ends', async () => {
    const endless = async (request: Request) => {
      const { id, method } = (await request.json()) as { id: number; method: string };
      const result =
        method === 'tools/list' ? { tools: [], nextCursor: 'on' } : { supportedVersions: ['2026-07-28'] };
      return Response.json({ jsonrpc: '2.0', id, result });
    };
    const pair = createForeignPair({ [MCP]: protectedMcp(endless) });
    await inspect(pair.fetch);
    expect(
      pair.requests.filter((request) => request.startsWith('POST https://mcp.example')).length,
    ).toBeLessThan(20);
  });

  it('more requests than any flow needs, of which the last are not sent', async () => {
    let sent = 0;
    const send = createSend(
      {
        fetch: async () => ((sent += 1), new Response('x')),
        clock: { now: () => 0 },
        elapsed: () => 0,
        signal: new AbortController().signal,
      },
      { target: TARGET, timeoutSeconds: 1, header: [] },
      () => undefined,
    );
    const leg = { step: 'mcp-call', from: 'client', to: 'rs' } as const;
    for (let count = 0; count < 200; count += 1) await send({ method: 'GET', url: TARGET, headers: {} }, leg);
    const { error } = await send({ method: 'GET', url: TARGET, headers: {} }, leg);
    expect(error).toContain('a run ends after 200 requests');
    expect(sent).toBe(200);
  });

  it('answers that are large all together, of which the last are not asked for', async () => {
    const send = createSend(
      {
        fetch: async () => new Response('x'.repeat(256 * 1024)),
        clock: { now: () => 0 },
        elapsed: () => 0,
        signal: new AbortController().signal,
      },
      { target: TARGET, timeoutSeconds: 1, header: [] },
      () => undefined,
    );
    const leg = { step: 'mcp-call', from: 'client', to: 'rs' } as const;
    let read = 0;
    for (let count = 0; count < 40; count += 1) {
      const { response } = await send({ method: 'GET', url: TARGET, headers: {} }, leg);
      read += response?.body.length ?? 0;
    }
    expect(read).toBe(8 * 1024 * 1024);
  });

  it('servers that all take their time, of which the last are not waited for', async () => {
    let now = 0;
    let sent = 0;
    const send = createSend(
      {
        fetch: async () => ((sent += 1), (now += 900), new Response('x')),
        clock: { now: () => 0 },
        elapsed: () => now,
        signal: new AbortController().signal,
      },
      { target: TARGET, timeoutSeconds: 1, header: [] },
      () => undefined,
    );
    const leg = { step: 'mcp-call', from: 'client', to: 'rs' } as const;
    let error: string | undefined;
    for (let count = 0; count < 30; count += 1) {
      now += 60_000; // somebody signs in
      ({ error } = await send({ method: 'GET', url: TARGET, headers: {} }, leg));
    }
    expect(error).toBe('not sent: a run waits for servers no longer than 20 s');
    expect(sent).toBe(23);
  });

  it('texts as long as an answer', async () => {
    const scope = 'x'.repeat(100_000);
    const pair = createForeignPair({
      [RS_METADATA]: json({ ...RESOURCE_METADATA, resource: `https://${scope}/` }),
    });
    const { document } = await inspect(pair.fetch);
    const texts = [
      ...document.checks.map(({ evidence }) => evidence),
      ...document.identifiers.map(({ value }) => value),
      ...document.steps.map(({ reason }) => reason ?? ''),
    ];
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(4001);
  });
});

describe('a server of HTTP+SSE', () => {
  it.each([
    ['opens a stream', 200],
    ['asks for a token', 401],
  ])('that %s on GET is told as one', async (what, status) => {
    const pair = createForeignPair({
      [MCP]: () => new Response(null, { status: 405 }),
      'GET mcp.example/mcp': () =>
        new Response('event: endpoint\ndata: /messages\n\n', {
          status,
          headers: { 'content-type': 'text/event-stream' },
        }),
    });
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'challenge', reason: expect.stringContaining('HTTP+SSE') });
    expect(failed?.reason).toContain(what);
  });

  it.each([
    ['names its endpoint', 'event: endpoint\ndata: /messages\n\n', true],
    ['says something else', 'event: message\ndata: {}\n\n', false],
  ])('may answer POST with 400, and is told by a stream that %s', async (_what, events, told) => {
    const pair = createForeignPair({
      [MCP]: () => new Response('no session', { status: 400 }),
      'GET mcp.example/mcp': () => new Response(events, { headers: { 'content-type': 'text/event-stream' } }),
    });
    const { failed } = await inspect(pair.fetch);
    expect(failed?.reason?.includes('HTTP+SSE')).toBe(told);
  });

  it('is not what answers POST with 400 and asks for a token on GET', async () => {
    const pair = createForeignPair({
      [MCP]: () => new Response('no session', { status: 400 }),
      'GET mcp.example/mcp': () => new Response(null, { status: 401 }),
    });
    expect((await inspect(pair.fetch)).failed?.reason).not.toContain('HTTP+SSE');
  });

  it('is not what every server without an endpoint here is', async () => {
    const pair = createForeignPair({ [MCP]: undefined });
    expect((await inspect(pair.fetch)).failed?.reason).not.toContain('HTTP+SSE');
  });
});
