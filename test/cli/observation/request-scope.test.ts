import { describe, expect, it } from 'vitest';
import { createRequestScopes, type RequestScope } from '../../../src/cli/observation/request-scope.js';
import { systemRandom } from '../../../src/shared/random.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** An app that looks at its request's scope, and asks somebody by both ways out, after it has waited. */
function observed(everyRequest: boolean) {
  const scopes = createRequestScopes({ everyRequest, random: systemRandom });
  const sent: Headers[] = [];
  const seen: (RequestScope | undefined)[] = [];
  const out = scopes.passOn({
    fetch: async (_url, init) => (sent.push(new Headers(init?.headers)), new Response()),
    deps: {
      postForm: async (_url, { headers }) => (sent.push(new Headers(headers)), { status: 200, body: '' }),
    },
  });
  const app = scopes.watch({
    async fetch() {
      await new Promise((done) => setTimeout(done, 5));
      seen.push(scopes.current());
      await out.fetch('http://as.example/', { headers: { accept: 'application/json' } });
      const form = {
        headers: { accept: 'application/json' },
        body: '',
        signal: new AbortController().signal,
      };
      await out.postForm('http://as.example/introspect', form);
      return new Response();
    },
    close: async () => undefined,
  });
  const ask = (headers: Record<string, string> = {}) =>
    app.fetch(new Request('http://localhost/', { headers }), { address: '192.0.2.7', port: 1 });
  return { scopes, sent, seen, ask };
}

describe('a request that belongs to a trace', () => {
  it('is known while it is answered, and goes on by both ways out with its own span', async () => {
    const { scopes, sent, seen, ask } = observed(false);
    await ask({ traceparent: TRACEPARENT, tracestate: 'rojo=1' });
    const spanId = seen[0]!.trace!.spanId;
    expect(spanId).toMatch(/^(?!b7ad6b7169203331)[0-9a-f]{16}$/);
    expect(sent.map((headers) => Object.fromEntries(headers))).toEqual(
      Array.from({ length: 2 }, () => ({
        accept: 'application/json',
        traceparent: `00-0af7651916cd43dd8448eb211c80319c-${spanId}-01`,
        tracestate: 'rojo=1',
      })),
    );
    expect(scopes.current()).toBeUndefined();
  });

  it('is not mixed up with others that are answered at the same time', async () => {
    const { seen, ask } = observed(false);
    const traces = Array.from({ length: 50 }, (_, at) => (at + 1).toString(16).padStart(32, '0'));
    await Promise.all(traces.flatMap((id) => [ask({ traceparent: `00-${id}-b7ad6b7169203331-01` }), ask()]));
    const known = seen.map((scope) => scope?.trace?.traceId);
    expect(known.filter((id) => id === undefined)).toHaveLength(50);
    expect(new Set(known)).toEqual(new Set([undefined, ...traces]));
  });
});

describe('a request without a trace', () => {
  it('is not known, where nobody needs it, and adds nothing to what is sent', async () => {
    const { sent, seen, ask } = observed(false);
    await ask({ traceparent: '00-not-valid' });
    expect(seen).toEqual([undefined]);
    expect(sent.map((headers) => [...headers.keys()])).toEqual([['accept'], ['accept']]);
  });

  it('is known for the audit log, with its address and an id of its own', async () => {
    const { seen, ask } = observed(true);
    await Promise.all([ask({ 'user-agent': 'one' }), ask({ 'user-agent': 'two' })]);
    expect(seen).toMatchObject([
      { address: '192.0.2.7', userAgent: 'one', trace: undefined },
      { address: '192.0.2.7', userAgent: 'two', trace: undefined },
    ]);
    expect(new Set(seen.map((scope) => scope!.id)).size).toBe(2);
  });
});
