import { describe, expect, it } from 'vitest';
import {
  conclude,
  createFlowCollector,
  type FlowDeps,
  headlessUserAgent,
  inspectFlow,
  type RequestInHand,
} from '../../src/flows/index.js';
import { systemRandom } from '../../src/shared/random.js';
import { ACCESS_TOKEN, CODE, createForeignPair, type Routes, TARGET } from './support.js';

type Ask = NonNullable<FlowDeps['beforeRequest']>;

async function asking(
  beforeRequest: Ask,
  { routes = {}, signal }: { routes?: Routes; signal?: AbortSignal } = {},
) {
  const pair = createForeignPair(routes);
  const collector = createFlowCollector();
  const events = inspectFlow(
    { target: TARGET, crossOrigin: false },
    {
      fetch: pair.fetch,
      clock: { now: () => 1_790_000_000 },
      random: systemRandom,
      elapsed: () => 0,
      signal: signal ?? new AbortController().signal,
      openUserAgent: async () => headlessUserAgent({}),
      beforeRequest,
    },
  );
  for await (const event of events) collector.add(event);
  return { document: collector.document(), requests: pair.requests };
}

const send: Ask = async ({ request }) => ({ do: 'send', request });

describe('whoever is asked before each request', () => {
  it('is asked about all that is sent, in order, and sees no secret in what is to be shown', async () => {
    const asked: RequestInHand[] = [];
    const { document, requests } = await asking(async (hand) => {
      asked.push(hand);
      return send(hand);
    });
    expect(document.outcome).toBe('completed');
    expect(asked.map(({ request }) => `${request.method} ${request.url}`)).toEqual(requests);
    expect(document.exchanges.map(({ by_user }) => by_user)).toEqual(requests.map(() => null));
    const shown = JSON.stringify(asked.map((hand) => hand.shown));
    const whole = JSON.stringify(asked.map((hand) => hand.request));
    for (const secret of [ACCESS_TOKEN, CODE]) {
      expect(shown).not.toContain(secret);
      expect(whole).toContain(secret);
    }
  });

  it('can change a request: the changed one is sent and traced', async () => {
    const { document, requests } = await asking(async (hand) =>
      hand.step === 'token'
        ? { do: 'send', request: { ...hand.request, url: `${hand.request.url}?edited=1` } }
        : send(hand),
    );
    expect(requests).toContain('POST https://as.example/token?edited=1');
    const changed = document.exchanges.filter(({ by_user }) => by_user === 'edited');
    expect(changed.map(({ request }) => request.url)).toEqual(['https://as.example/token?edited=1']);
    expect(JSON.stringify(document)).not.toContain(CODE);
  });

  it('cannot send a changed one to where no request may go', async () => {
    const { document, requests } = await asking(async (hand) =>
      hand.step === 'resource-metadata'
        ? { do: 'send', request: { ...hand.request, url: 'http://127.0.0.1:1/private' } }
        : send(hand),
    );
    expect(document.exchanges.find(({ by_user }) => by_user === 'edited')?.error).toMatch(/^not sent: /);
    expect(requests.some((request) => request.includes('private'))).toBe(false);
  });

  it('can leave a request out: the step goes on without an answer', async () => {
    const { document, requests } = await asking(async (hand) =>
      hand.step === 'token' ? { do: 'skip' } : send(hand),
    );
    expect(requests.some((request) => request.includes('/token'))).toBe(false);
    expect(document.exchanges.find(({ step }) => step === 'token')).toMatchObject({
      by_user: 'skipped',
      response: null,
      error: 'not sent: skipped by its user',
    });
    expect(document.outcome).toBe('failed');
  });

  it('can stop the flow, which is no failure of it; nothing more is asked or sent of its steps', async () => {
    const steps: string[] = [];
    const { document, requests } = await asking(async (hand) => {
      steps.push(hand.step);
      return hand.step === 'registration' ? { do: 'stop' } : send(hand);
    });
    expect(document).toMatchObject({ outcome: 'stopped', reason: 'its user stopped it here' });
    expect(conclude(document)).toBe('done');
    expect(steps.at(-1)).toBe('registration');
    expect(requests.some((request) => /register|authorize|token/.test(request))).toBe(false);
    expect(document.steps.filter(({ outcome }) => outcome === 'skipped').length).toBe(4);
  });

  it('is not what a request waits for that comes after an interruption', async () => {
    const interruption = new AbortController();
    const { document, requests } = await asking(
      async (hand) => {
        if (hand.step === 'registration') interruption.abort();
        return send(hand);
      },
      { signal: interruption.signal },
    );
    expect(requests.some((request) => request.includes('/register'))).toBe(false);
    expect(document.exchanges.at(-1)!.error).toBe('interrupted');
  });
});
