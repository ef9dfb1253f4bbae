import { describe, expect, it } from 'vitest';
import { inspect } from '../support.js';
import { recordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { recordedPair, RESOURCE } from './recorded-pair.js';

describe('the recorder', () => {
  it('writes each exchange of a flow down, with what it means in OAuth', async () => {
    const pair = recordedPair();
    await inspect(pair.fetch, { target: RESOURCE });
    const meanings = new Set(pair.exchanges.map(({ meaning }) => meaning));
    expect([...meanings]).toEqual(
      expect.arrayContaining(['mcp', 'resource-metadata', 'authorization-server-metadata', 'registration']),
    );
    expect(pair.exchanges.every((exchange) => recordedExchange.safeParse(exchange).success)).toBe(true);
  });
});
