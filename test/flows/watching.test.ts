import { describe, expect, it } from 'vitest';
import { createWatch } from '../../src/flows/watch/create-watch.js';
import { watchFlows, type WatchEvent, type WatchingOptions } from '../../src/flows/watching.js';
import { exchangeOf, wholeFlow } from './watch/exchanges.js';

/** Watches a flow that was there before, and one that comes then. */
async function told(options: Partial<WatchingOptions>): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  const watching = watchFlows(
    async (tell) => {
      const exchanges = (name: string, from: number) =>
        wholeFlow(name).map((sketch, index) =>
          exchangeOf(from + index, sketch, { port: from, userAgent: name }),
        );
      for (const exchange of exchanges('a', 1)) tell({ type: 'exchange', exchange, old: true });
      tell({ type: 'ready' });
      for (const exchange of exchanges('b', 100)) tell({ type: 'exchange', exchange, old: false });
    },
    { history: false, once: false, ...options },
    {
      watch: createWatch({ maxFlows: 10 }),
      every: () => () => undefined,
      now: () => 1_795_000_002_000,
      signal: new AbortController().signal,
    },
  );
  for await (const event of watching) events.push(event);
  return events;
}

const flowsWithSteps = (events: readonly WatchEvent[]) => [
  ...new Set(
    events.flatMap((event) => (event.type === 'step' ? [event.flow.clientId ?? event.flow.id] : [])),
  ),
];

describe('watching', () => {
  it('counts what was there before, and tells of what comes then', async () => {
    const events = await told({});
    expect(events[0]).toEqual({ type: 'ready', flows: 1, open: 0 });
    expect(flowsWithSteps(events)).toEqual(['f2', 'client-b']);
    expect(events.at(-1)).toMatchObject({ type: 'over', flows: [{ clientId: 'client-b' }] });
  });

  it('tells of what was there before too, where the history is wanted', async () => {
    const events = await told({ history: true });
    expect(flowsWithSteps(events)).toEqual(['f1', 'client-a', 'f2', 'client-b']);
    expect(events.at(-1)).toMatchObject({ flows: [{ clientId: 'client-a' }, { clientId: 'client-b' }] });
  });

  it('tells of one client only, with what it did before it named itself', async () => {
    const events = await told({ history: true, clientId: 'client-b' });
    expect(flowsWithSteps(events)).toEqual(['client-b']);
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(wholeFlow('b').length);
    expect(await told({ clientId: 'client-c' })).toEqual([
      { type: 'ready', flows: 0, open: 0 },
      { type: 'over', why: 'nothing', flows: [], flow: undefined },
    ]);
  });

  it('is about the flow that came then where it is about one', async () => {
    const events = await told({ once: true });
    expect(events.at(-1)).toMatchObject({ type: 'over', flow: { clientId: 'client-b' } });
  });
});
