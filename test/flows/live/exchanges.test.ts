import { describe, expect, it } from 'vitest';
import { createLivePages } from '../../../src/flows/live/index.js';
import type { LiveSource } from '../../../src/flows/live/live-source.js';
import { createExchangeLog } from '../../../src/flows/record/exchange-log.js';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import { systemClock } from '../../../src/shared/clock.js';
import { systemRandom } from '../../../src/shared/random.js';

const TOKEN = 'flows-token-0123456789abcdef';
const URL_THERE = 'http://localhost:9000/flows/exchanges';

function pages(more: { demoMode?: boolean; token?: string } = {}) {
  const source: LiveSource = {
    site: {
      places: { server: 'as', issuer: 'http://localhost:9000' },
      demoMode: more.demoMode ?? true,
    },
    token: more.token,
    recorder: 'rec',
    log: createExchangeLog(10),
    watch: createWatch({ maxFlows: 10 }),
    milliseconds: () => performance.now(),
    skipped: () => 0,
    clock: systemClock,
    random: systemRandom,
    ticker: () => () => undefined,
  };
  return createLivePages(source);
}

async function statusOf(live: ReturnType<typeof pages>, url: string, init: RequestInit = {}) {
  const response = await live.fetch(new Request(url, init));
  await response?.body?.cancel();
  return response?.status;
}

describe('GET /flows/exchanges', () => {
  it('is there in demo mode for a request to this machine', async () => {
    expect(await statusOf(pages(), URL_THERE)).toBe(200);
  });

  it('is not there for a request that came by another name, as through a tunnel', async () => {
    const live = pages();
    expect(await statusOf(live, 'http://demo.example/flows/exchanges')).toBeUndefined();
    expect(
      await statusOf(live, URL_THERE, { headers: { 'x-forwarded-host': 'demo.example' } }),
    ).toBeUndefined();
  });

  it('is not there outside of demo mode', async () => {
    expect(await statusOf(pages({ demoMode: false }), URL_THERE)).toBeUndefined();
  });

  it('is for whoever has the token, outside of demo mode and from elsewhere', async () => {
    const live = pages({ demoMode: false, token: TOKEN });
    const url = 'https://as.example/flows/exchanges';
    const authorization = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect(await statusOf(live, url)).toBe(401);
    expect(await statusOf(live, url, authorization(`${TOKEN}x`))).toBe(401);
    expect(await statusOf(live, url, authorization(TOKEN))).toBe(200);
  });

  it('is for GET', async () => {
    expect(await statusOf(pages(), URL_THERE, { method: 'POST' })).toBe(405);
  });
});
