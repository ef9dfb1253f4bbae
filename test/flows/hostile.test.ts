import { describe, expect, it } from 'vitest';
import { AS_METADATA, createForeignPair, inspect, json, protectedMcp, RESOURCE_METADATA } from './support.js';

const RS_METADATA = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';
const MCP = 'POST mcp.example/mcp';

/** A body that never ends, and tells how much of it was read. */
function endless() {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 16_384;
      controller.enqueue(new Uint8Array(16_384).fill(0x20));
    },
  });
  return {
    response: () => new Response(body, { headers: { 'content-type': 'application/json' } }),
    sent: () => sent,
  };
}

describe('a hostile server', () => {
  it('with an endless body costs 256 KiB and ends in a finding', async () => {
    const stream = endless();
    const pair = createForeignPair({ [RS_METADATA]: stream.response });
    const { failed, document } = await inspect(pair.fetch);
    expect(failed).toMatchObject({
      id: 'resource-metadata',
      reason: expect.stringContaining('larger than 256 KiB'),
    });
    expect(document.exchanges.at(-1)!.response).toMatchObject({ truncated: true });
    expect(stream.sent()).toBeLessThan(512 * 1024);
  });

  it.each([
    ['never answers', () => new Promise<Response>(() => undefined), /no answer within 0\.2 s/],
    [
      'never ends its answer',
      () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) })),
      /did not end within 0\.2 s/,
    ],
  ])('that %s is waited for no longer than the time given', async (_what, answer, reason) => {
    const pair = createForeignPair({ [AS_ROUTE]: answer });
    const { failed } = await inspect(pair.fetch, { timeoutSeconds: 0.2 });
    expect(failed).toMatchObject({
      id: 'authorization-server-metadata',
      reason: expect.stringMatching(reason),
    });
  });

  it('that redirects metadata is not followed', async () => {
    let redirect: Request['redirect'] | undefined;
    const pair = createForeignPair({
      [RS_METADATA]: (request) => {
        ({ redirect } = request);
        return new Response(null, { status: 302, headers: { location: 'https://as.example/x' } });
      },
    });
    const { failed } = await inspect(pair.fetch);
    expect(redirect).toBe('manual');
    expect(failed?.reason).toContain('not followed');
    expect(pair.requests.some((request) => request.endsWith('/x'))).toBe(false);
  });

  it('that redirects the user in a circle is left after 20 hops', async () => {
    const pair = createForeignPair({
      'GET as.example/authorize': (request) =>
        new Response(null, { status: 302, headers: { location: request.url } }),
    });
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'authorization', reason: expect.stringContaining('20') });
  });

  it('that answers every token with 401 is asked once', async () => {
    const pair = createForeignPair({
      [MCP]: () =>
        new Response(null, {
          status: 401,
          headers: {
            'www-authenticate':
              'Bearer error="invalid_token", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
          },
        }),
    });
    const { failed, check } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'mcp-call', reason: expect.stringContaining('invalid_token') });
    expect(check('rs.token-accepted')).toBe('fail');
    expect(pair.requests.filter((request) => request.startsWith('POST https://mcp.example'))).toHaveLength(2);
  });

  it.each([
    [
      'an authorization server',
      RS_METADATA,
      json({ ...RESOURCE_METADATA, authorization_servers: ['http://localhost:9000'] }),
    ],
    ['a token endpoint', AS_ROUTE, json({ ...AS_METADATA, token_endpoint: 'http://127.0.0.1:22/token' })],
    [
      'an authorization endpoint',
      AS_ROUTE,
      json({ ...AS_METADATA, authorization_endpoint: 'http://[::1]/authorize' }),
    ],
  ])('elsewhere that names %s on this machine does not make us ask there', async (_what, route, answer) => {
    const pair = createForeignPair({ [route]: answer });
    const { failed } = await inspect(pair.fetch);
    expect(failed?.reason).toContain('names an address on this machine');
    expect(pair.requests.every((request) => request.includes('.example'))).toBe(true);
  });

  it.each([
    ['HTML', () => new Response('<p>hello</p>', { headers: { 'content-type': 'text/html' } })],
    ['a list', json([])],
    ['wrong types', json({ resource: 7 })],
    [
      'a list of servers that is a text',
      json({ ...RESOURCE_METADATA, authorization_servers: 'https://as.example' }),
    ],
    [
      'a server that is no web address',
      json({ ...RESOURCE_METADATA, authorization_servers: ['javascript:alert(1)'] }),
    ],
  ])('that serves %s where metadata is due ends in a finding', async (_what, answer) => {
    const { document } = await inspect(createForeignPair({ [RS_METADATA]: answer }).fetch);
    expect(document.outcome).toBe('failed');
  });

  it('cannot steer the terminal, whatever it puts where', async () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u202Eevil\u009b31m\r\nforged line';
    const pair = createForeignPair({
      [MCP]: protectedMcp(() =>
        Response.json({ jsonrpc: '2.0', id: 1, error: { code: -32600, message: evil } }, { status: 400 }),
      ),
      [RS_METADATA]: json({
        ...RESOURCE_METADATA,
        resource_name: evil,
        [evil]: evil,
        scopes_supported: [evil],
      }),
      'POST as.example/register': json(
        { client_id: evil, token_endpoint_auth_method: 'none' },
        { status: 201 },
      ),
    });
    const { text } = await inspect(pair.fetch);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
    expect(text).not.toMatch(/^forged line/m);
    expect(text).toContain('evil');
  });
});

describe('the text', () => {
  it('keeps to 80 columns, save for what must stay whole', async () => {
    const { text } = await inspect(createForeignPair().fetch);
    const long = text.split('\n').filter((line) => line.length > 80);
    expect(long.filter((line) => !/https?:\/\//.test(line))).toEqual([]);
  });

  it('has colour only if asked', async () => {
    const { fetch } = createForeignPair();
    expect((await inspect(fetch)).text).not.toContain('\u001b');
    expect((await inspect(fetch, { colour: true })).text).toContain('\u001b[');
  });
});

describe('a server that is not there', () => {
  it('is unreachable, and no step goes on', async () => {
    const { document } = await inspect(createForeignPair().fetch, { target: 'https://nobody.example/mcp' });
    expect(document.outcome).toBe('unreachable');
    expect(document.exchanges).toHaveLength(1);
    expect(document.steps.map(({ outcome }) => outcome)).toEqual(['failed', ...Array(7).fill('skipped')]);
  });
});
