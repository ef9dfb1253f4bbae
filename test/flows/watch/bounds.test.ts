import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import type { WatchUpdate } from '../../../src/flows/watch/watched-flow.js';
import { exchangeOf, mark, type Place, type Sketch, wholeFlow } from './exchanges.js';

const PLACE: Place = { port: 1, userAgent: 'test' };

/** A watch, and how to hand one exchange after the other to it. */
function fed(options: Parameters<typeof createWatch>[0]) {
  const watch = createWatch(options);
  let number = 0;
  return {
    watch,
    send: (sketch: Sketch, place: Place = PLACE) => watch.add(exchangeOf((number += 1), sketch, place)),
  };
}

/** Somebody who sends what looks new with each request. */
function hostile(index: number): Sketch {
  const random = mark(`hostile ${index}`);
  switch (index % 5) {
    case 0:
      return { meaning: 'mcp', status: 401, brought: { access_token: random } };
    case 1:
      return { meaning: 'registration', status: 201, gave: { client_id: random } };
    case 2:
      return {
        meaning: 'authorization-request',
        status: 400,
        brought: { client_id: random, state: random, code_challenge: random },
      };
    case 3:
      return { meaning: 'token-request', status: 400, brought: { client_id: random, code: random } };
    default:
      return { meaning: 'introspection', status: 200, brought: { access_token: random } };
  }
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('a watch', () => {
  it('keeps so many flows and no more, and those go first that ended first', () => {
    const { watch, send } = fed({ maxFlows: 3 });
    const dropped: WatchUpdate[] = [];
    watch.subscribe((update) => update.type === 'flow-dropped' && dropped.push(update));
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      for (const sketch of wholeFlow(name)) send(sketch, { ...PLACE, port: name.charCodeAt(0) });
    }
    expect(watch.flows().map(({ id }) => id)).toEqual(['f5', 'f4', 'f3']);
    expect(dropped).toEqual([
      { type: 'flow-dropped', id: 'f1' },
      { type: 'flow-dropped', id: 'f2' },
    ]);
    expect(watch.flow('f1')).toBeUndefined();
    expect(watch.clients().map(({ clientId }) => clientId)).toEqual(['client-e', 'client-d', 'client-c']);
  });

  it('finds nothing by what belonged to a flow that is gone', () => {
    const { watch, send } = fed({ maxFlows: 1 });
    for (const sketch of [...wholeFlow('a'), ...wholeFlow('b')]) send(sketch);
    send({ meaning: 'mcp', status: 401, brought: { access_token: mark('token a') } });
    expect(watch.flows()).toMatchObject([{ id: 'f3', clientId: undefined }]);
  });

  it('keeps the first and the last exchanges of a flow, and says how many it left out', () => {
    const { watch, send } = fed({ maxFlows: 10, maxExchanges: 20 });
    const steps = wholeFlow('a');
    for (const sketch of steps) send(sketch);
    for (let call = 0; call < 100; call += 1) send(steps.at(-1)!);
    const flow = watch.flow('f1')!;
    expect(flow.omitted).toBe(steps.length + 100 - 20);
    const numbers = flow.exchanges.map(({ exchange }) => exchange.number);
    expect(numbers).toEqual([
      ...Array.from({ length: 10 }, (_, index) => index + 1),
      ...Array.from({ length: 10 }, (_, index) => steps.length + 91 + index),
    ]);
  });

  it('keeps flows that came to a token when somebody floods it with requests that do not', () => {
    const { watch, send } = fed({ maxFlows: 20 });
    for (const name of ['a', 'b', 'c']) for (const sketch of wholeFlow(name)) send(sketch);
    for (let index = 0; index < 1000; index += 1) send(hostile(index), { port: index, userAgent: 'flood' });
    const completed = watch.flows().filter(({ outcome }) => outcome === 'completed');
    expect(completed.map(({ clientId }) => clientId)).toEqual(['client-c', 'client-b', 'client-a']);
    expect(watch.flows()).toHaveLength(20);
  });

  it('holds its memory and its speed through 100,000 exchanges of a hostile client', () => {
    const { watch, send } = fed({ maxFlows: 200 });
    const send20000 = (from: number) => {
      const began = process.cpuUsage();
      for (let index = from; index < from + 20_000; index += 1) {
        send(hostile(index), { port: index % 60_000, userAgent: `flood ${index % 1000}` });
      }
      const { user, system } = process.cpuUsage(began);
      return (user + system) / 1000;
    };
    send20000(0);
    const [first, before] = [send20000(20_000), heapAfterCollection()];
    send20000(40_000);
    send20000(60_000);
    const [last, after] = [send20000(80_000), heapAfterCollection()];
    expect(watch.flows()).toHaveLength(200);
    expect(after - before).toBeLessThan(4 * 1024 * 1024);
    // In milliseconds of processor time. What grows with the number of exchanges would be far beyond.
    expect(last).toBeLessThan(3 * first + 500);
  }, 60_000);

  it('holds its memory through 100,000 exchanges of flows that complete', () => {
    const { watch, send } = fed({ maxFlows: 200 });
    let flows = 0;
    const sendFlows = (count: number) => {
      for (const end = flows + count; flows < end; flows += 1) {
        for (const sketch of wholeFlow(String(flows))) send(sketch, { ...PLACE, port: flows % 60_000 });
      }
    };
    sendFlows(3000);
    const before = heapAfterCollection();
    sendFlows(8200);
    expect(heapAfterCollection() - before).toBeLessThan(4 * 1024 * 1024);
    expect(watch.flows()).toHaveLength(200);
    expect(
      watch.flows().every(({ outcome, exchanges }) => outcome === 'completed' && exchanges.length === 9),
    ).toBe(true);
  }, 60_000);
});
