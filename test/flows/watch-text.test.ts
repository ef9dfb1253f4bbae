import { describe, expect, it } from 'vitest';
import { createWatchText } from '../../src/flows/render/watch/text.js';
import type { WatchEvent } from '../../src/flows/watching.js';
import { RESOURCE } from './record/recorded-pair.js';
import { inspect } from './support.js';
import { watchedPair } from './watch/watched-pair.js';

/** What a watch tells of a whole flow, at some width. */
async function told(width: number, clientId?: string): Promise<string> {
  const pair = watchedPair();
  await inspect(pair.fetch, {
    target: RESOURCE,
    clientId: 'https://client.example.com/a/path/that/is/long/enough/to/pass/any/narrow/terminal.json',
  }).catch(() => undefined);
  await inspect(pair.fetch, { target: RESOURCE });
  const text = createWatchText({ width, clientId, timeOf: () => '12:00:00' });
  const events: WatchEvent[] = [
    { type: 'ready', flows: 0, open: 0 },
    ...pair.updates.flatMap((update): WatchEvent[] => {
      return update.type === 'exchange' ? [{ type: 'step', flow: update.flow, added: update.added }] : [];
    }),
    ...pair.watch.flows().map((flow): WatchEvent => ({ type: 'ended', flow })),
  ];
  return events.map((event) => text.add(event)).join('');
}

describe('what inspect-flow watch prints', () => {
  it.each([40, 60, 80])(
    'keeps within %i columns, but for a URL in a verdict, which stays whole',
    async (width) => {
      const lines = (await told(width))
        .split('\n')
        .filter((line) => !/^ +(?:client_id )?https:\/\/\S+$/.test(line));
      expect(lines.length).toBeGreaterThan(30);
      expect(lines.filter((line) => line.length > width)).toEqual([]);
    },
  );

  it('says the whole outcome in a narrow terminal', async () => {
    expect((await told(40)).replace(/\s+/g, ' ')).toContain(
      'completed: the MCP server was reached with a token',
    );
  });

  it('gives each piece of evidence for the route a line of its own', async () => {
    const text = await told(200);
    expect(text).toMatch(
      /route +dcr: POST \/register was called in this flow: POST \/register → 201\n +the record of/,
    );
  });

  it('says of whom there was no flow so far', async () => {
    expect(await told(80, 'demo-preset')).toMatch(/^No flow of this client so far\./);
    expect(await told(80)).toMatch(/^No flow so far\./);
  });
});
