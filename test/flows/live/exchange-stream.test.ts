import { describe, expect, it } from 'vitest';
import { createExchangeStream } from '../../../src/flows/live/exchange-stream.js';
import { createStreamReader } from '../../../src/flows/parsing/event-stream.js';
import { exchangeSource, tickerByHand } from './exchange-source.js';

const PLACE = { server: 'as', issuer: 'https://as.example' } as const;
const request = (headers: Record<string, string> = {}) =>
  new Request('http://localhost:9000/flows/exchanges', { headers });

/** Reads a stream until so many events have come. */
async function eventsOf(response: Response, count: number) {
  const parser = createStreamReader();
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  const events: { event: string; id: string | undefined; data: string }[] = [];
  while (events.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    events.push(...parser.read(decoder.decode(value)));
  }
  return { events, reader };
}

describe('the stream of exchanges', () => {
  it('says first who tells, then what was kept, then that this was all, then what happens', async () => {
    const source = exchangeSource('rec');
    source.happens(1);
    source.happens(2);
    const stream = createExchangeStream(source, tickerByHand().every);
    const response = stream.answer(request(), PLACE);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.has('access-control-allow-origin')).toBe(false);
    setTimeout(() => source.happens(3), 10);
    const { events } = await eventsOf(response, 5);
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ['hello', undefined],
      ['exchange', 'rec:1'],
      ['exchange', 'rec:2'],
      ['live', 'rec:2'],
      ['exchange', 'rec:3'],
    ]);
    expect(JSON.parse(events[0]!.data)).toEqual({
      recorder: 'rec',
      ...PLACE,
      version: '1.2.3',
      kept: 2,
      skipped: 7,
    });
    stream.close();
  });

  it('goes on behind the last event that the reader has had', async () => {
    const source = exchangeSource('rec');
    for (const number of [1, 3, 2]) source.happens(number);
    const stream = createExchangeStream(source, tickerByHand().every);
    const { events } = await eventsOf(stream.answer(request({ 'last-event-id': 'rec:3' }), PLACE), 3);
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ['hello', undefined],
      ['exchange', 'rec:2'],
      ['live', 'rec:2'],
    ]);
    stream.close();
  });

  it.each(['other:3', 'cer:1', 'rec:99', 'rec:', 'nonsense'])(
    'tells all that is kept to a reader whose last event it does not know: %s',
    async (id) => {
      const source = exchangeSource('rec');
      source.happens(1);
      const stream = createExchangeStream(source, tickerByHand().every);
      const { events } = await eventsOf(stream.answer(request({ 'last-event-id': id }), PLACE), 3);
      expect(events.map(({ event }) => event)).toEqual(['hello', 'exchange', 'live']);
      stream.close();
    },
  );

  it('sends a sign of life each 15 seconds, and none after the reader has left', async () => {
    const ticker = tickerByHand();
    const stream = createExchangeStream(exchangeSource('rec'), ticker.every);
    const { reader } = await eventsOf(stream.answer(request(), PLACE), 2);
    const next = reader.read();
    ticker.pass(14);
    ticker.pass(1);
    expect(new TextDecoder().decode((await next).value)).toMatch(/^:.*\n\n$/);
    await reader.cancel();
    ticker.pass(60);
    stream.close();
  });

  it('lets a reader go that is too far behind, and keeps nothing for it', async () => {
    const source = exchangeSource('rec');
    const stream = createExchangeStream(source, tickerByHand().every);
    const response = stream.answer(request(), PLACE);
    for (let number = 1; number <= 2100; number += 1) source.happens(number);
    expect(source.listeners()).toBe(0);
    const { events } = await eventsOf(response, 9999);
    expect(events.length).toBeLessThan(2100);
    stream.close();
  });

  it('reads along with a bounded number at once', async () => {
    const source = exchangeSource('rec');
    const stream = createExchangeStream(source, tickerByHand().every);
    const answers = Array.from({ length: 33 }, () => stream.answer(request(), PLACE));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(32).fill(200), 503]);
    await answers[0]!.body!.cancel();
    expect(stream.answer(request(), PLACE).status).toBe(200);
    stream.close();
    expect(source.listeners()).toBe(0);
  });

  it('ends every stream when it is closed', async () => {
    const ticker = tickerByHand();
    const stream = createExchangeStream(exchangeSource('rec'), ticker.every);
    const response = stream.answer(request(), PLACE);
    stream.close();
    await expect(response.text()).resolves.toContain('event: hello');
    expect(ticker.running()).toBe(0);
  });
});
