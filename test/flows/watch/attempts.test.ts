import { describe, expect, it } from 'vitest';
import { RESOURCE } from '../record/recorded-pair.js';
import { inspect } from '../support.js';
import { runScenario } from './fixtures/run-scenario.js';
import { scriptedClient } from './fixtures/scripted-client.js';
import { VS_CODE } from './fixtures/vs-code/profile.js';
import {
  CACHED_ID,
  DIALOG_WAITS,
  FRESH,
  SHORT_LIFE,
  SHORT_LIFE_NO_REFRESH,
  STALE_ID_TOLD,
} from './fixtures/vs-code/scenarios.js';
import { peerOf, storyOf, watchedPair } from './watched-pair.js';

const target = RESOURCE;
const DCR = ['preset', 'dcr'] as const;

/** What came of all flows, the oldest first. */
function outcomes({ watch }: ReturnType<typeof watchedPair>) {
  return watch
    .flows()
    .toReversed()
    .map(({ id, follows, outcome, route: { route } }) => ({ id, follows, outcome, route }));
}

describe('an attempt', () => {
  it('ends where a token that is known is refused, and the next one says that it follows', async () => {
    const pair = watchedPair([{ registration: DCR, unknownClients: 'reregister' }]);
    await runScenario(STALE_ID_TOLD, VS_CODE, pair);
    expect(outcomes(pair)).toEqual([
      { id: 'f1', follows: undefined, outcome: 'failed', route: 'adopted' },
      { id: 'f2', follows: 'f1', outcome: 'completed', route: 'dcr' },
    ]);
    const [second, first] = pair.watch.flows();
    expect(first!.reason).toBe(
      'the MCP server refused its token (HTTP 401, token_inactive); its client went on with f2',
    );
    expect(storyOf(first!).slice(-3)).toEqual([
      'token: token-request 200',
      'mcp-call: mcp 401',
      'mcp-call: introspection 200',
    ]);
    expect(storyOf(second!)[0]).toBe('registration: registration 201');
  });

  it('follows none where the one before was completed', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    await runScenario(CACHED_ID, VS_CODE, pair);
    expect(outcomes(pair)).toEqual([
      { id: 'f1', follows: undefined, outcome: 'completed', route: 'dcr' },
      { id: 'f2', follows: undefined, outcome: 'completed', route: 'dcr-reused' },
    ]);
  });

  it('ends where its client, registered for itself alone, sends its user to sign in once more', async () => {
    const pair = watchedPair([
      { registration: DCR, accessTokenSeconds: 100, grants: ['authorization_code'] },
    ]);
    await runScenario(SHORT_LIFE_NO_REFRESH, VS_CODE, pair);
    expect(outcomes(pair)).toMatchObject([
      { id: 'f1', outcome: 'failed' },
      { id: 'f2', follows: 'f1', outcome: undefined },
    ]);
    expect(pair.watch.flow('f1')!.reason).toBe('it got its token; its client went on with f2');
  });

  it('goes on with a refresh', async () => {
    const pair = watchedPair([{ registration: DCR, accessTokenSeconds: 300 }]);
    await runScenario(SHORT_LIFE, VS_CODE, pair);
    const [flow, ...others] = pair.watch.flows();
    expect(others).toEqual([]);
    expect(storyOf(flow!).filter((line) => line.startsWith('refresh'))).toHaveLength(2);
  });

  it('goes on where an expired token is refused, the metadata read again, and the token refreshed', async () => {
    const pair = watchedPair([{ registration: DCR, accessTokenSeconds: 60 }]);
    const client = scriptedClient(pair, VS_CODE);
    await client.initialize();
    await client.readResourceMetadata();
    await client.readServerMetadata();
    await client.register();
    await client.authorize();
    await client.redeem();
    await client.initialize();
    await client.listTools();
    pair.wait(61);
    await client.listTools();
    await client.readResourceMetadata();
    await client.readServerMetadata();
    await client.refresh();
    await client.callTool();
    const [flow, ...others] = pair.watch.flows();
    expect(others).toEqual([]);
    expect(
      storyOf(flow!)
        .filter((line) => !line.includes('introspection'))
        .slice(-5),
    ).toEqual([
      'mcp-call: mcp 401',
      'resource-metadata: resource-metadata 200',
      'authorization-server-metadata: authorization-server-metadata 200',
      'refresh: token-request 200',
      'mcp-call: mcp 200',
    ]);
  });

  it('is one where the client asks again before it was answered as it likes, over the same connection', async () => {
    const pair = watchedPair();
    const fetch = pair.fetchFrom(peerOf(7));
    for (const _ of [1, 2, 3]) await fetch(target, { method: 'POST' });
    await inspect(fetch, { target });
    expect(outcomes(pair)).toMatchObject([{ id: 'f1', outcome: 'completed' }]);
    expect(storyOf(pair.watch.flow('f1')!).filter((line) => line === 'challenge: mcp 401')).toHaveLength(4);
  });

  it('has all MCP requests that are sent side by side with its token, and the introspections that they cause', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    const client = scriptedClient(pair, VS_CODE);
    await runSteps(client);
    await Promise.all(Array.from({ length: 10 }, () => client.listTools()));
    const [flow, ...others] = pair.watch.flows();
    expect(others).toEqual([]);
    const calls = storyOf(flow!).filter((line) => line === 'mcp-call: mcp 200');
    expect(calls).toHaveLength(11);
    expect(pair.exchanges.filter(({ meaning }) => meaning === 'introspection').length).toBe(
      storyOf(flow!).filter((line) => line === 'mcp-call: introspection 200').length,
    );
  });

  it('goes on where the program is started again and still has its token', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    const client = scriptedClient(pair, VS_CODE);
    await runSteps(client);
    client.restart();
    await client.initialize();
    await client.listTools();
    expect(outcomes(pair)).toMatchObject([{ id: 'f1', outcome: 'completed' }]);
  });

  it('with a client_id of before a restart of the server is a new one, and the old one stays as it was', async () => {
    const before = watchedPair([{ registration: DCR }]);
    const client = scriptedClient(before, VS_CODE);
    await runSteps(client);
    await client.listTools();
    const old = before.watch.flow('f1')!;
    const after = watchedPair([{ registration: DCR }]);
    after.onExchange((exchange) => before.watch.add(exchange));
    const restarted = scriptedClient(after, VS_CODE);
    restarted.keep(client.clientId()!);
    await restarted.initialize();
    await restarted.readResourceMetadata();
    await restarted.readServerMetadata();
    await restarted.authorize();
    await restarted.redeem();
    await restarted.initialize();
    await restarted.listTools();
    expect(outcomes(before)).toEqual([
      { id: 'f1', follows: undefined, outcome: 'completed', route: 'dcr' },
      { id: 'f2', follows: undefined, outcome: 'completed', route: 'adopted' },
    ]);
    expect(before.watch.flow('f1')!.exchanges).toEqual(old.exchanges);
  });

  it('takes an exchange only once', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    await runScenario(FRESH, VS_CODE, pair);
    const before = pair.watch.flows();
    for (const exchange of pair.exchanges) pair.watch.add(exchange);
    expect(pair.watch.flows()).toEqual(before);
  });

  it('is told of as it begins, at each exchange and at its end, once', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    await runScenario(FRESH, VS_CODE, pair);
    pair.later(1_000_000);
    const types = pair.updates.map(({ type }) => type);
    expect(types[0]).toBe('flow-began');
    expect(types.filter((type) => type === 'exchange')).toHaveLength(pair.watch.flow('f1')!.exchanges.length);
    expect(types.filter((type) => type === 'flow-ended')).toHaveLength(1);
    expect(types.filter((type) => type === 'flow-began')).toHaveLength(1);
  });

  it('fails at once where its user does not allow it', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    const client = scriptedClient(pair, VS_CODE);
    await client.initialize();
    await client.register();
    await client.authorize('deny');
    expect(pair.watch.flows()).toMatchObject([{ outcome: 'failed', reason: 'the user did not allow it' }]);
  });

  it('waits for a person at the sign-in page as long as VS Code does, and no longer', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    const client = scriptedClient(pair, VS_CODE);
    await client.initialize();
    await client.register();
    await client.lookAtLogin();
    pair.later(299_000);
    expect(outcomes(pair)).toMatchObject([{ outcome: undefined }]);
    pair.later(300_000);
    expect(pair.watch.flows()).toMatchObject([
      { outcome: 'failed', reason: 'its user was at the sign-in page, and nothing followed for 5 minutes' },
    ]);
  });

  it('waits for a person as long where the client asks its user before it opens the browser', async () => {
    const pair = watchedPair([{ registration: DCR }]);
    await runScenario(DIALOG_WAITS, VS_CODE, pair);
    pair.later(299_000);
    expect(outcomes(pair)).toMatchObject([{ outcome: undefined }]);
    pair.later(300_000);
    expect(outcomes(pair)).toMatchObject([{ outcome: 'failed' }]);
  });

  it('fails half a minute after the challenge where nobody goes on', async () => {
    const pair = watchedPair();
    await pair.fetch(target, { method: 'POST' });
    pair.later(29_999);
    expect(outcomes(pair)).toMatchObject([{ outcome: undefined }]);
    pair.later(30_000);
    expect(pair.watch.flows()).toMatchObject([
      { outcome: 'failed', reason: 'it was asked for a token, and nothing followed for 30 seconds' },
    ]);
  });

  it('is none where somebody only reads metadata, sends a preflight, or asks for the keys', async () => {
    const pair = watchedPair();
    await pair.fetch('http://localhost:8001/.well-known/oauth-protected-resource/mcp');
    await pair.fetch('http://localhost:9000/.well-known/oauth-authorization-server');
    await pair.fetch('http://localhost:9000/jwks');
    await pair.fetch(target, { method: 'OPTIONS' });
    expect(pair.watch.flows()).toEqual([]);
  });

  it('has the metadata that its client read before its first request, and the preflight of that', async () => {
    const pair = watchedPair();
    const fetch = pair.fetchFrom(peerOf(3));
    await fetch('http://localhost:9000/.well-known/oauth-authorization-server');
    await fetch(target, { method: 'OPTIONS' });
    await fetch(target, { method: 'POST' });
    expect(storyOf(pair.watch.flow('f1')!)).toEqual([
      'authorization-server-metadata: authorization-server-metadata 200',
      expect.stringMatching(/^challenge: preflight /),
      'challenge: mcp 401',
    ]);
  });
});

async function runSteps(client: ReturnType<typeof scriptedClient>): Promise<void> {
  await client.initialize();
  await client.readResourceMetadata();
  await client.readServerMetadata();
  await client.register();
  await client.authorize();
  await client.redeem();
  await client.initialize();
}
