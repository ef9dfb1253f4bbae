import { describe, expect, it } from 'vitest';
import type { ExchangeLinks } from '../../../src/flows/record/recorded-exchange.js';
import type { WatchedFlow } from '../../../src/flows/watch/watched-flow.js';
import { inspect } from '../support.js';
import { RESOURCE } from '../record/recorded-pair.js';
import { peerOf, storyOf, watchedPair } from './watched-pair.js';

const target = RESOURCE;
const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** All values of a link that are in a flow. */
function valuesIn({ exchanges }: WatchedFlow, link: keyof ExchangeLinks): readonly string[] {
  const all = exchanges
    .filter(({ exchange }) => exchange.meaning !== 'client-configuration' && exchange.from !== 'rs')
    .flatMap(({ exchange }) => [exchange.brought[link], exchange.gave[link]]);
  return [...new Set(all.filter((value) => value !== undefined))];
}

function expectTwentyWholeFlows(flows: readonly WatchedFlow[], story: readonly string[]): void {
  expect(flows).toHaveLength(20);
  for (const flow of flows) {
    expect(storyOf(flow)).toEqual(story);
    expect(flow.outcome).toBe('completed');
    for (const link of ['state', 'code', 'access_token', 'client_id'] as const) {
      expect(valuesIn(flow, link), `${link} of ${flow.id}`).toHaveLength(1);
    }
  }
}

/** What one client does alone. */
async function storyAlone(plan: { readonly clientId?: string }): Promise<readonly string[]> {
  const { fetchFrom, watch } = watchedPair();
  await inspect(fetchFrom(peerOf(1)), { target, ...plan });
  return storyOf(watch.flows()[0]!);
}

describe('twenty clients at once', () => {
  it('are told apart where each has a connection of its own', async () => {
    const { fetchFrom, watch } = watchedPair();
    await Promise.all(TWENTY.map((index) => inspect(fetchFrom(peerOf(index + 1)), { target })));
    expectTwentyWholeFlows(watch.flows(), await storyAlone({}));
    const ids = new Set(watch.flows().map(({ clientId }) => clientId));
    expect(ids.size).toBe(20);
    for (const { exchanges } of watch.flows()) {
      const ports = exchanges.map(({ exchange }) => exchange.peer?.port).filter((port) => port !== undefined);
      expect(new Set(ports).size).toBe(1);
    }
  });

  it('are told apart where all come from one address with one user agent, and nothing shows their connections', async () => {
    const { fetch, watch } = watchedPair();
    await Promise.all(TWENTY.map(() => inspect(fetch, { target })));
    expectTwentyWholeFlows(watch.flows(), await storyAlone({}));
  });

  it('are told apart where all bring the same preset client_id', async () => {
    const { fetch, watch } = watchedPair();
    await Promise.all(TWENTY.map(() => inspect(fetch, { target, clientId: 'demo-preset' })));
    expectTwentyWholeFlows(watch.flows(), await storyAlone({ clientId: 'demo-preset' }));
  });
});
