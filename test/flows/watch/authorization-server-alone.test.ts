import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import { inspect } from '../support.js';
import { recordedPair, RESOURCE } from '../record/recorded-pair.js';

/** What an authorization server in a process of its own sees of a client that reaches its tool. */
async function seenByAuthorizationServer() {
  const pair = recordedPair();
  await inspect(pair.fetch, { target: RESOURCE, crossOrigin: false });
  return pair.exchanges.filter(({ to }) => to === 'as');
}

const HOURS_LATER = 10 * 3_600_000;

describe('where only the authorization server is seen', () => {
  it('a flow is completed once the MCP server asked about its token, and was told that it is good', async () => {
    const watch = createWatch({ maxFlows: 10 });
    const exchanges = await seenByAuthorizationServer();
    exchanges.forEach(watch.add);
    expect(watch.flows()).toHaveLength(1);
    expect(watch.flows()[0]).toMatchObject({
      outcome: 'completed',
      findings: [],
      tokenLastUsedAt: expect.any(Number),
    });
  });

  it('nobody is said to be silent with a token that the MCP server verifies by itself', async () => {
    const watch = createWatch({ maxFlows: 10 });
    const exchanges = await seenByAuthorizationServer();
    exchanges.filter(({ meaning }) => meaning !== 'introspection').forEach(watch.add);
    watch.tick(exchanges.at(-1)!.at + HOURS_LATER);
    expect(watch.flows()[0]).toMatchObject({ outcome: undefined, findings: [] });
  });

  it('a client that never came back with its code failed all the same', async () => {
    const watch = createWatch({ maxFlows: 10 });
    const exchanges = await seenByAuthorizationServer();
    const until = exchanges.findIndex(({ meaning }) => meaning === 'token-request');
    exchanges.slice(0, until).forEach(watch.add);
    watch.tick(exchanges.at(-1)!.at + HOURS_LATER);
    expect(watch.flows()[0]).toMatchObject({ outcome: 'failed' });
  });
});
