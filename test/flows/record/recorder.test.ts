import { describe, expect, it } from 'vitest';
import { recordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { readText } from '../../../src/shared/http/body.js';
import { fingerprint } from '../../../src/shared/secret.js';
import { inspect } from '../support.js';
import { ISSUER, recordedPair, RESOURCE } from './recorded-pair.js';
import { watchedApp } from './watched-app.js';

describe('the recorder', () => {
  it('writes each exchange of a flow down, with what it means in OAuth', async () => {
    const pair = recordedPair();
    await inspect(pair.fetch, { target: RESOURCE });
    const meanings = new Set(pair.exchanges.map(({ meaning }) => meaning));
    expect([...meanings]).toEqual(
      expect.arrayContaining(['mcp', 'resource-metadata', 'authorization-server-metadata', 'registration']),
    );
    expect(pair.exchanges.every((exchange) => recordedExchange.safeParse(exchange).success)).toBe(true);
  });

  it('tells what the MCP server asks for itself from what clients ask', async () => {
    const pair = recordedPair();
    await inspect(pair.fetch, { target: RESOURCE });
    const byServer = pair.exchanges.filter(({ from }) => from === 'rs');
    expect(new Set(byServer.map(({ meaning }) => meaning))).toEqual(
      new Set(['authorization-server-metadata', 'introspection']),
    );
    const agents = byServer.map(({ request }) => request.headers['user-agent']);
    expect(new Set(agents)).toEqual(new Set([expect.stringMatching(/^mcp-oauth-demo-rs\/\d/)]));
  });

  it('ties an introspection to the client of the token, and not to the server that asks', async () => {
    const pair = recordedPair();
    const { document } = await inspect(pair.fetch, { target: RESOURCE });
    const asked = pair.exchanges.filter(({ meaning }) => meaning === 'introspection');
    expect(asked.length).toBeGreaterThan(0);
    const good = asked.filter(({ facts }) => facts.active);
    expect(new Set(good.map(({ brought }) => brought.client_id))).toEqual(
      new Set([document.registration?.client_id]),
    );
  });

  it.each(['access_token', 'refresh_token'] as const)(
    'ties the revocation of what its hint calls %s to it',
    async (hint) => {
      const pair = recordedPair();
      const token = 'a-token-0123456789abcdefghij';
      const body = new URLSearchParams({ token, token_type_hint: hint, client_id: 'demo-preset' });
      await pair.fetch(`${ISSUER}/revoke`, { method: 'POST', body });
      const [{ meaning, brought }] = pair.exchanges as [(typeof pair.exchanges)[0]];
      expect({ meaning, brought }).toEqual({
        meaning: 'revocation',
        brought: { client_id: 'demo-preset', [hint]: fingerprint(token) },
      });
    },
  );

  it('leaves out probes, and whoever looks at the flows', async () => {
    const { send, exchanges } = watchedApp(() => new Response('here'));
    for (const path of ['/healthz', '/readyz', '/flows', '/flows/exchanges', '/favicon.ico']) {
      expect((await send({}, path)).status).toBe(200);
    }
    expect(exchanges).toEqual([]);
    await send({}, '/flowsome');
    expect(exchanges).toHaveLength(1);
  });

  it('hands on the answer as it was', async () => {
    const headers = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['content-type', 'application/json'],
    ] as [string, string][];
    const { send } = watchedApp(() => new Response('{"a": 1}', { status: 418, statusText: 'Tea', headers }));
    const { status, statusText, headers: given, ...rest } = await send();
    expect({ status, statusText, rest }).toMatchObject({ status: 418, statusText: 'Tea' });
    expect(given.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(given.get('content-type')).toBe('application/json');
  });

  it.each([204, 304])('hands on an answer with status %i, which has no body', async (status) => {
    const { send, exchanges } = watchedApp(() => new Response(null, { status }));
    expect((await send()).status).toBe(status);
    expect(exchanges).toMatchObject([{ response: { status, body: null } }]);
  });

  it('writes down what the server read of a request, and nothing of what it did not read', async () => {
    const { send, exchanges } = watchedApp(async (request) => {
      if (new URL(request.url).pathname === '/mcp') await readText(request);
      return new Response('ok');
    });
    const request = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } };
    await send(request);
    await send(request, '/other');
    expect(exchanges.map((exchange) => exchange.request.body)).toEqual([{ a: 1 }, null]);
  });

  it('writes down that the server failed, without what it says, and lets it fail', async () => {
    const { send, exchanges } = watchedApp(() => {
      throw new Error('the password is hunter2');
    });
    await expect(send()).rejects.toThrow('hunter2');
    expect(exchanges).toMatchObject([{ response: null, error: 'the server failed to answer' }]);
    expect(JSON.stringify(exchanges)).not.toContain('hunter2');
  });

  it('writes down that the client went away before it was answered', async () => {
    const gone = new AbortController();
    const { send, exchanges } = watchedApp(() => {
      gone.abort();
      return new Response('too late', { status: 200 });
    });
    await send({ signal: gone.signal });
    expect(exchanges).toMatchObject([
      { error: 'the client went away before it was answered', response: { status: 200 } },
    ]);
  });

  it('keeps 16 KiB of a body, and says how much there was', async () => {
    const { send, exchanges } = watchedApp(async (request) => {
      await readText(request);
      return Response.json({ list: Array.from({ length: 10_000 }, (_, at) => at) });
    });
    await send({ method: 'POST', body: 'y'.repeat(20_000) });
    const [{ request, response }] = exchanges as [(typeof exchanges)[0]];
    expect(String(request.body)).toBe(`${'y'.repeat(16_384)}… (3616 more characters)`);
    expect(String(response!.body)).toMatch(/^\{"list":\[0,1,2,.*… \(\d+ more characters\)$/);
    expect(response!.truncated).toBe(true);
  });

  it('gives what a server tells meanwhile to the request that it belongs to, of several at once', async () => {
    const { send, exchanges } = watchedApp(async (request, { sink }) => {
      const client_id = new URL(request.url).searchParams.get('id')!;
      for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
      sink({ at: 0, server: 'as', level: 'info', kind: 'client.read', client_id });
      return new Response('ok');
    });
    const ids = Array.from({ length: 20 }, (_, at) => `client-${at}`);
    await Promise.all(ids.map((id) => send({}, `/mcp?id=${id}`)));
    expect(exchanges.map(({ brought, said }) => [brought.client_id, said])).toEqual(
      ids.map((id) => [id, ['client.read']]),
    );
  });
});

describe('a flood', () => {
  it('is served, and what is above the budget is counted and not written down', async () => {
    const { send, exchanges, recorder, wait } = watchedApp(() => new Response('ok'));
    for (let count = 0; count < 5600; count += 1) expect((await send()).status).toBe(200);
    expect(exchanges).toHaveLength(5000);
    expect(recorder.skipped()).toBe(600);
    wait(999);
    await send();
    expect(exchanges).toHaveLength(5000);
    wait(1);
    await send();
    expect(exchanges).toHaveLength(5001);
    expect(recorder.skipped()).toBe(601);
  });

  it('of large bodies is over sooner', async () => {
    const { send, exchanges } = watchedApp(async (request) => {
      await readText(request);
      return new Response('ok');
    });
    const body = 'z'.repeat(60_000);
    for (let count = 0; count < 400; count += 1) await send({ method: 'POST', body });
    expect(exchanges.length).toBeGreaterThan(250);
    expect(exchanges.length).toBeLessThan(400);
  });
});
