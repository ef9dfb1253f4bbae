import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { exchangeOf, wholeFlow } from './exchanges.js';

const NAMES = ['a', 'b', 'c', 'd'];
const LENGTH = wholeFlow('a').length;

/** Which client sends next, each as often as its flow is long. */
const turns = fc.shuffledSubarray(
  NAMES.flatMap((name) => Array.from({ length: LENGTH }, () => name)),
  { minLength: NAMES.length * LENGTH },
);

/** The exchanges of all clients in that order; each has a connection of its own. */
function exchangesIn(
  order: readonly string[],
  userAgentOf = (_name: string) => 'same',
): readonly RecordedExchange[] {
  const left = new Map(NAMES.map((name) => [name, [...wholeFlow(name)]]));
  return order.map((name, index) =>
    exchangeOf(index + 1, left.get(name)!.shift()!, {
      port: name.charCodeAt(0),
      userAgent: userAgentOf(name),
    }),
  );
}

/** Of each flow, who it is and which of their requests are in it, in order. */
function flowsOf(exchanges: readonly RecordedExchange[]) {
  const watch = createWatch({ maxFlows: 100 });
  for (const exchange of exchanges) watch.add(exchange);
  return watch
    .flows()
    .map((flow) => ({
      clientId: flow.clientId,
      outcome: flow.outcome,
      steps: flow.exchanges.map(({ step }) => step),
      ports: [...new Set(flow.exchanges.map(({ exchange }) => exchange.peer?.port))],
      numbers: flow.exchanges.map(({ exchange }) => exchange.number),
    }))
    .toSorted((one, other) => String(one.clientId).localeCompare(String(other.clientId)));
}

describe('flows of clients with connections of their own', () => {
  it('are the same however their requests come in between each other', () => {
    const alone = flowsOf(exchangesIn(NAMES.flatMap((name) => Array<string>(LENGTH).fill(name))));
    expect(alone.map(({ clientId, ports }) => [clientId, ports.length])).toEqual(
      NAMES.map((name) => [`client-${name}`, 1]),
    );
    fc.assert(
      fc.property(turns, (order) => {
        const withoutNumbers = (flows: ReturnType<typeof flowsOf>) =>
          flows.map(({ clientId, outcome, steps, ports }) => ({ clientId, outcome, steps, ports }));
        expect(withoutNumbers(flowsOf(exchangesIn(order)))).toEqual(withoutNumbers(alone));
      }),
      { numRuns: 200 },
    );
  });

  it('are the same where the exchanges of one server come late, and each has a user agent of its own', () => {
    fc.assert(
      fc.property(
        turns,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('as', 'rs'),
        (order, late, server) => {
          const inTime = exchangesIn(order, (name) => `client ${name}`);
          const arrival = (exchange: RecordedExchange) =>
            exchange.number + (exchange.to === server ? late : 0);
          const delayed = inTime.toSorted((one, other) => arrival(one) - arrival(other));
          expect(flowsOf(delayed)).toEqual(flowsOf(inTime));
        },
      ),
      { numRuns: 200 },
    );
  });
});
