import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../src/cli/metrics/metrics.js';
import { createMetricsApp } from '../../../src/cli/metrics/metrics-app.js';
import { createAuthorizationServer } from '../../../src/as/index.js';
import type { EmittedEvent } from '../../../src/shared/events/events.js';
import { createResourceServer } from '../../../src/rs/index.js';
import { readPage } from '../../docs/fences.js';
import { lint, readExposition } from './exposition.js';

const PREFIX = 'mcp_oauth_demo_';

async function scrape(...events: readonly EmittedEvent[]) {
  const metrics = createMetrics({ skipped: () => 7 });
  events.forEach((event) => metrics.sink(event));
  metrics.storeOperation({ operation: 'get', kind: 'grant', milliseconds: 2, unavailable: true });
  return readExposition(await metrics.text());
}

const AS = { at: 0, server: 'as', level: 'debug' } as const;

function served(more: Partial<Extract<EmittedEvent, { kind: 'request.served' }>>): EmittedEvent {
  return { ...AS, kind: 'request.served', method: 'GET', path: '/', status: 200, milliseconds: 3, ...more };
}

describe('the metrics', () => {
  it('are in the text form that Prometheus reads, and its linter has nothing to object to ours', async () => {
    const families = await scrape(
      served({ route: '/token' }),
      served({ route: '/token', milliseconds: 300 }),
    );
    const ours = families.filter(({ name }) => name.startsWith(PREFIX));
    expect(families.length).toBeGreaterThan(ours.length);
    expect(ours.flatMap(lint)).toEqual([]);
  });

  it('count requests by route, flows by how the client came, and refusals by reason', async () => {
    const families = await scrape(
      served({ route: '/token', method: 'POST', status: 400, reason: 'code_replayed' }),
      {
        ...AS,
        kind: 'token.issued',
        grant_type: 'authorization_code',
        client_id: 'c',
        route: 'dcr',
        scope: '',
        aud: [],
        expires_in: 60,
        token: '0123abcd',
        refresh_token: false,
        flows: 1,
      },
      { ...AS, kind: 'listener.refused', address: '', status: 408, reason: 'request_too_slow', count: 1 },
      { ...AS, kind: 'listener.refused', address: '', status: 408, reason: 'request_too_slow', count: 40 },
    );
    const samples = families.flatMap((family) => family.samples);
    const value = (name: string, labels: Record<string, string>) =>
      samples.find(
        (one) => one.name === PREFIX + name && JSON.stringify(one.labels) === JSON.stringify(labels),
      )?.value;
    const request = { server: 'as', route: '/token', method: 'POST', status: '400' };
    expect(value('http_request_duration_seconds_count', request)).toBe(1);
    expect(value('http_request_duration_seconds_sum', request)).toBeCloseTo(0.003);
    expect(value('refusals_total', { server: 'as', reason: 'code_replayed' })).toBe(1);
    expect(value('refusals_total', { server: 'as', reason: 'request_too_slow' })).toBe(41);
    expect(value('flows_total', { route: 'dcr' })).toBe(1);
    expect(value('tokens_issued_total', { grant_type: 'authorization_code' })).toBe(1);
    expect(value('store_errors_total', { operation: 'get', kind: 'grant' })).toBe(1);
    expect(value('recorder_skipped_total', {})).toBe(7);
  });

  it('get no more series by 10,000 odd paths, methods and parameters', async () => {
    const events: EmittedEvent[] = [];
    const onEvent = (event: EmittedEvent): void => void events.push(event);
    const as = createAuthorizationServer(
      { issuer: 'http://localhost:9000/base', demoMode: true },
      { onEvent },
    );
    const rs = createResourceServer(
      {
        resource: 'http://localhost:8001/mcp',
        authServers: [{ issuer: 'http://localhost:9000/base' }],
        demoMode: true,
      },
      { onEvent, fetch: () => Promise.reject(new TypeError('nobody there')) },
    );
    for (let at = 0; at < 2500; at += 1) {
      const method = at % 3 === 0 ? `X${at}` : 'GET';
      await as.fetch(new Request(`http://localhost:9000/odd-${at}/token`, { method }));
      await as.fetch(new Request(`http://localhost:9000/base/register/client-${at}`, { method }));
      await as.fetch(new Request(`http://localhost:9000/base/authorize?response_type=${at}&client_id=${at}`));
      await rs.fetch(new Request(`http://localhost:8001/mcp/${at}`, { method }));
    }
    await rs.close();
    expect(events.filter(({ kind }) => kind === 'request.served')).toHaveLength(10_000);
    const families = await scrape(...events);
    const routes = new Set(families.flatMap((family) => family.samples).map(({ labels }) => labels['route']));
    expect(routes).toEqual(new Set([undefined, 'none', '/register/:client_id', '/authorize']));
    const series = families.flatMap((family) => family.samples).filter(({ name }) => name.startsWith(PREFIX));
    expect(series.length).toBeLessThan(300);
  }, 60_000);
});

describe('the place of the metrics', () => {
  const app = createMetricsApp(
    { contentType: 'text/plain; version=0.0.4', text: async () => 'a 1\n' },
    'localhost',
  );
  const ask = (url: string, init?: RequestInit) => app.fetch(new Request(url, init));

  it('answers a scraper', async () => {
    const response = await ask('http://localhost:9464/metrics');
    expect([response.status, await response.text()]).toEqual([200, 'a 1\n']);
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    expect(await (await ask('http://127.0.0.1:9464/metrics', { method: 'HEAD' })).text()).toBe('');
  });

  it.each([
    ['another path', 'http://localhost:9464/', {}, 404],
    ['another method', 'http://localhost:9464/metrics', { method: 'POST' }, 405],
    ['another name for this machine', 'http://rebound.example:9464/metrics', {}, 403],
  ])('has nothing for %s', async (_what, url, init, status) => {
    const response = await ask(url, init);
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain('a 1');
  });

  it('on an address of a network answers to any name', async () => {
    const open = createMetricsApp({ contentType: 'text/plain', text: async () => 'a 1\n' }, '0.0.0.0');
    expect((await open.fetch(new Request('http://prometheus-target:9464/metrics'))).status).toBe(200);
  });
});

it('docs/metrics.md lists every metric with its type, and no other', async () => {
  const page = readPage('docs/metrics.md');
  const rows = [...page.matchAll(/^\| `([a-z_]+)` +\| (counter|gauge|histogram) +\|/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  );
  const ours = (await scrape()).filter(({ name }) => name.startsWith(PREFIX));
  expect([...rows].sort()).toEqual(
    ours.map(({ name, type }) => `${name.slice(PREFIX.length)} ${type}`).sort(),
  );
});
