import { describe, expect, it } from 'vitest';
import { proxyFeed } from '../../../src/flows/proxy/feed.js';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import { documentOf } from '../../../src/flows/watch/document.js';
import { flowDocument } from '../../../src/flows/index.js';
import { type Fetch, networkOf, type WebApp } from '../../../src/shared/http/fetch.js';
import { systemRandom } from '../../../src/shared/random.js';
import { OUR_RESOURCE, ourPair } from '../our-pair.js';
import { createForeignPair, FLOW_CLOCK, inspect, TARGET } from '../support.js';
import { PROXY, PROXY_AS } from './proxied.js';

/** What a watch makes of the flows that some clients go through at a proxy. */
async function watched(upstream: Fetch, target: string, use: (fetch: Fetch) => Promise<unknown>) {
  const apps: Record<string, Pick<WebApp, 'fetch'>> = {};
  const said: string[] = [];
  const closed: string[] = [];
  const ending = new AbortController();
  const watch = createWatch({ maxFlows: 100 });
  const source = proxyFeed(
    target,
    {
      origin: PROXY,
      serve: (app) => void (apps[PROXY] = app),
      openOrigin: async (app) => ((apps[PROXY_AS] = app), PROXY_AS),
      close: async () => void closed.push('listener'),
    },
    {
      fetch: upstream,
      clock: FLOW_CLOCK,
      milliseconds: () => performance.now(),
      random: systemRandom,
      ticker: () => () => undefined,
    },
    (sentence) => said.push(sentence),
  );
  const ready = new Promise<void>((resolve) => {
    void source
      .feed((followed) => {
        if (followed.type === 'exchange') watch.add(followed.exchange);
        if (followed.type === 'ready') resolve();
      }, ending.signal)
      .then(() => closed.push('feed'));
  });
  await ready;
  await use(networkOf(apps));
  ending.abort();
  await expect.poll(() => closed).toEqual(['listener', 'feed']);
  return { flows: watch.flows(), said, notes: source.notes() };
}

describe('a flow that was watched through a proxy', () => {
  it.each([
    ['a foreign pair', () => createForeignPair().fetch, TARGET],
    ['our own pair, pages included', () => ourPair(), OUR_RESOURCE],
  ])('at %s is one flow, from the challenge to the tool call, by DCR', async (_case, upstream, target) => {
    const { flows } = await watched(upstream(), target, (fetch) =>
      inspect(fetch, { target: `${PROXY}/mcp` }),
    );
    expect(flows).toHaveLength(1);
    expect(flows[0]).toMatchObject({ outcome: 'completed', route: { route: 'dcr' }, target: `${PROXY}/mcp` });
  });

  it('becomes a trace that says what was rewritten', async () => {
    const { flows, notes } = await watched(createForeignPair().fetch, TARGET, (fetch) =>
      inspect(fetch, { target: `${PROXY}/mcp` }),
    );
    const document = flowDocument.parse(documentOf(flows[0]!, { notes }));
    expect(document.watched).toMatchObject({ by: 'proxy' });
    expect(document.watched!.notes).toEqual([
      `a proxy stood between: ${TARGET} was asked through ${PROXY}/mcp`,
      `the resource ${TARGET} is shown to the client as ${PROXY}/mcp, and translated back`,
      `the issuer https://as.example is shown to the client as ${PROXY_AS}; iss and aud inside of tokens are the real ones`,
    ]);
    expect(new Set(document.exchanges.map(({ observed_by: by }) => by))).toEqual(new Set(['proxy']));
  });

  it('is told apart from that of another client at the same time', async () => {
    const { flows } = await watched(ourPair(), OUR_RESOURCE, (fetch) =>
      Promise.all([1, 2, 3].map(() => inspect(fetch, { target: `${PROXY}/mcp` }))),
    );
    expect(flows.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed']);
    expect(new Set(flows.map(({ clientId }) => clientId)).size).toBe(3);
  });

  it('begins with what to give to the client', async () => {
    const { said } = await watched(createForeignPair().fetch, TARGET, async () => undefined);
    expect(said).toEqual([
      `Give your client ${PROXY}/mcp for ${TARGET}: what it does there is watched.`,
      `Its authorization server https://as.example is met at ${PROXY_AS}.`,
    ]);
  });
});
