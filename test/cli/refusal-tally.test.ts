import { describe, expect, it } from 'vitest';
import { describeEvent } from '../../src/cli/log/describe-event.js';
import { createRefusalTally } from '../../src/cli/refusal-tally.js';
import { createEmitter } from '../../src/shared/events/emitter.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';

/** A tally of a server, the events that it told, and what lets seconds go by. */
function setUp() {
  const events: EmittedEvent[] = [];
  let tick = () => {};
  const emit = createEmitter('as', { now: () => 0 }, (event) => events.push(event));
  const tally = createRefusalTally(emit, (run) => {
    tick = run;
    return () => (tick = () => {});
  });
  return {
    ...tally,
    events,
    told: () =>
      events.splice(0).map(({ level, ...event }) => `${level}: ${describeEvent({ level, ...event })}`),
    pass(seconds: number) {
      for (let at = 0; at < seconds; at += 1) tick();
    },
  };
}

const MALFORMED = { address: '192.0.2.1', status: 400, reason: 'request_malformed' } as const;

describe('what listens and refuses', () => {
  it('tells the first of an address at once, and those behind it as a number after ten seconds', () => {
    const { add, told, pass } = setUp();
    for (let at = 0; at < 1000; at += 1) add(MALFORMED);
    add({ ...MALFORMED, status: 431, reason: 'request_headers_too_large' });
    expect(told()).toEqual([
      'warning: a request from 192.0.2.1 refused by what listens: 400 (request_malformed)',
      'warning: a request from 192.0.2.1 refused by what listens: 431 (request_headers_too_large)',
    ]);
    pass(9);
    expect(told()).toEqual([]);
    pass(1);
    expect(told()).toEqual([
      'warning: 999 more requests within 10 s from 192.0.2.1 refused by what listens: 400 (request_malformed)',
    ]);
    pass(20);
    expect(told()).toEqual([]);
    add(MALFORMED);
    expect(told()).toHaveLength(1);
  });

  it('tells of few addresses by themselves, and loses none of the others', () => {
    const { add, events, told, pass } = setUp();
    for (let at = 0; at < 5000; at += 1) add({ ...MALFORMED, address: `10.0.${at >> 8}.${at & 255}` });
    pass(10);
    expect(events).toHaveLength(21);
    const counts = events.map((event) => (event.kind === 'listener.refused' ? event.count : 0));
    expect(counts.reduce((sum, count) => sum + count)).toBe(5000);
    expect(told().at(-1)).toBe(
      'warning: 4980 more requests within 10 s from further addresses refused by what listens: 400 (request_malformed)',
    );
  });

  it('counts an IPv6 network as one', () => {
    const { add, told } = setUp();
    for (let at = 0; at < 100; at += 1) add({ ...MALFORMED, address: `2001:db8::${at}` });
    expect(told()).toEqual([
      'warning: a request from 2001:db8::/64 refused by what listens: 400 (request_malformed)',
    ]);
  });

  it('tells at its end what it has not told', () => {
    const { add, told, pass, close } = setUp();
    for (let at = 0; at < 3; at += 1) add({ address: '192.0.2.1', reason: 'connections_too_many' });
    expect(told()).toEqual([
      'warning: a connection from 192.0.2.1 refused by what listens (connections_too_many)',
    ]);
    pass(2);
    close();
    expect(told()).toEqual([
      'warning: 2 more connections within 2 s from 192.0.2.1 refused by what listens (connections_too_many)',
    ]);
  });

  it('warns of no connection that was not used', () => {
    const { add, told } = setUp();
    add({ address: '127.0.0.1', status: 408, reason: 'request_absent' });
    expect(told()).toEqual(['debug: a request from 127.0.0.1 refused by what listens: 408 (request_absent)']);
  });
});
