import { describe, expect, it } from 'vitest';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { columnsOf } from '../../../src/flows/render/columns.js';
import { createWatchText, type WatchTextOptions } from '../../../src/flows/render/watch/text.js';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import type { WatchEvent } from '../../../src/flows/watching.js';
import { exchangeOf, type Sketch, wholeFlow } from '../watch/exchanges.js';
import { HOSTILE_TEXTS } from './hostile-document.js';

const PLACE = { port: 1, userAgent: 'client/1' };

/** All that is told of a flow that registers, and of how it ended. */
function toldOf(
  options: Partial<WatchTextOptions> = {},
  change: (exchange: RecordedExchange) => RecordedExchange = (exchange) => exchange,
  sketches: readonly Sketch[] = wholeFlow('a'),
): string {
  const watch = createWatch({ maxFlows: 10 });
  const text = createWatchText({ timeOf: () => '12:00:00', ...options });
  let told = '';
  const add = (event: WatchEvent) => (told += text.add(event));
  watch.subscribe((update) => {
    if (update.type === 'exchange') add({ ...update, type: 'step' });
    if (update.type === 'finding') add(update);
    if (update.type === 'flow-ended') add({ type: 'ended', flow: update.flow });
  });
  sketches.forEach((sketch, index) => watch.add(change(exchangeOf(index + 1, sketch, PLACE))));
  add({ type: 'over', why: 'interrupted', flows: watch.flows(), flow: undefined });
  return told;
}

/** Each text that a client chooses is this one. */
function calling(name: string) {
  return (exchange: RecordedExchange): RecordedExchange => ({
    ...exchange,
    brought: { ...exchange.brought, ...(exchange.brought.client_id !== undefined && { client_id: name }) },
    gave: { ...exchange.gave, ...(exchange.gave.client_id !== undefined && { client_id: name }) },
    request: {
      ...exchange.request,
      headers: { 'user-agent': name },
      body: exchange.meaning === 'registration' ? { client_name: name, redirect_uris: [name] } : null,
    },
    facts: { ...exchange.facts, ...(exchange.meaning === 'mcp' && { mcp_client: { name, version: name } }) },
    reason_code: exchange.meaning === 'token-request' ? name : null,
  });
}

describe('a watch on a terminal', () => {
  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text).slice(0, 60), text] as const))(
    'shows a client that calls itself %s in lines of its own making and of its width',
    (_name, text) => {
      const told = toldOf({ verbose: true }, calling(text));
      expect(told.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      for (const line of told.split('\n')) {
        expect(line).toMatch(/^(?:$| |12:00:00 f1 |1 flow: |routes: )/);
        // What is ours and has no space, as the URL of a specification, can be copied.
        if (!line.includes('https://modelcontextprotocol.io/'))
          expect([line, columnsOf(line) <= 80]).toEqual([line, true]);
      }
    },
  );

  it('has a line a request, and after the last of them the verdict', () => {
    const told = toldOf();
    expect(told.match(/^12:00:00 f1 /gm)).toHaveLength(wholeFlow('a').length + 1);
    expect(told).toMatch(/^ +route +dcr: /m);
    expect(told).toContain('1 flow: 1 completed\n');
  });

  it('is only how flows ended where it is to be quiet', () => {
    const told = toldOf({ quiet: true });
    expect(told.match(/^12:00:00 f1 /gm)).toHaveLength(1);
    expect(told).toMatch(/^ +route +dcr: /m);
  });

  it('has preflights, URLs and what shows whose a request is only where it is to be verbose', () => {
    const preflight: Sketch = { meaning: 'preflight', status: 204, method: 'OPTIONS' };
    const sketches = [...wholeFlow('a'), preflight];
    const asked = (exchange: RecordedExchange): RecordedExchange =>
      exchange.meaning === 'preflight' ? { ...exchange, meaning: 'introspection', from: 'rs' } : exchange;
    expect(toldOf({}, asked, sketches)).not.toContain('belongs to f1 by:');
    const verbose = toldOf({ verbose: true }, asked, sketches);
    expect(verbose).toContain('belongs to f1 by: first request of the flow');
    expect(verbose).toContain('POST http://localhost:9000/token: 200');
  });
});
