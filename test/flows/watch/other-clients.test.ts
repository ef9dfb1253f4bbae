import { Client as ClientV2, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import type { OAuthDiscoveryState as DiscoveryV1 } from '@modelcontextprotocol/sdk/client/auth.js';
import { describe, expect, it } from 'vitest';
import { inMemoryProvider } from '../../interop/support/in-memory-provider.js';
import { signIn } from '../../interop/support/sign-in.js';
import { recordedPair, RESOURCE } from '../record/recorded-pair.js';
import {
  CLAUDE_CODE,
  CURSOR,
  INSPECTOR,
  MCP_REMOTE,
  REGISTERS,
  REPLAYS_PRUNED_ID,
  WITH_AND_WITHOUT,
  withClientId,
} from './fixtures/other-clients.js';
import { runScenario } from './fixtures/run-scenario.js';
import { flowOf, judged } from './judged.js';

describe('clients that are no editor of Microsoft, watched by the servers', () => {
  it.each([
    ['Cursor', CURSOR],
    ['Claude Code', CLAUDE_CODE],
    ['MCP Inspector', INSPECTOR],
    ['mcp-remote', MCP_REMOTE],
  ])('%s is recognised, registers, and nothing is wrong', async (name, profile) => {
    const [flow] = await runScenario(REGISTERS, profile);
    expect(flow?.client?.name).toBe(name);
    expect(flow?.route.route).toBe('dcr');
    expect(flow?.findings).toEqual([]);
  });

  it('the Inspector with a client_id of its settings has the route preset', async () => {
    const [flow] = await runScenario(withClientId('demo-preset'), INSPECTOR);
    expect(flow?.client?.name).toBe('MCP Inspector');
    expect(flow?.route.route).toBe('preset');
    expect(flow?.findings).toEqual([]);
  });

  it('the Inspector that registers after it had a client_id is told of, as a notice', async () => {
    const [first, second] = await runScenario(WITH_AND_WITHOUT, INSPECTOR);
    expect(first?.found).toEqual([]);
    expect(second?.route.route).toBe('dcr');
    expect(second?.found).toEqual(['preset-ignored']);
    expect(second?.findings[0]).toMatchObject({ severity: 'notice', who: 'client' });
    expect(second?.findings[0]?.what).toContain('demo-preset');
  });

  it('Claude Code that replays a pruned client_id is told apart from one that registers', async () => {
    const pair = recordedPair({ unknownClients: 'reject' });
    const [flow] = await runScenario(REPLAYS_PRUNED_ID, CLAUDE_CODE, pair, { outcome: 'failed' });
    expect(flow?.route.route).toBe('unknown');
    expect(flow?.client).toEqual({
      name: 'Claude Code',
      evidence: [
        'redirect URI http://localhost:3118/callback',
        'a weak sign: other programs may do the same',
      ],
    });
    expect(flow?.found).toEqual(['dead-client-id']);
    expect(flow?.findings[0]?.evidence).toHaveLength(2);
  });

  it('the SDK v1 is recognised as what a client is built with, and nothing is wrong', async () => {
    const pair = recordedPair({ registration: ['preset', 'dcr'] });
    const provider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, DiscoveryV1>();
    const transport = () => new TransportV1(new URL(RESOURCE), { authProvider: provider, fetch: pair.fetch });
    const first = transport();
    await expect(new ClientV1({ name: 'a', version: '1' }).connect(first)).rejects.toThrow();
    const back = await signIn(provider.authorizationUrl(), pair.fetch);
    await first.finishAuth(back.searchParams.get('code') ?? '');
    const client = new ClientV1({ name: 'a', version: '1' });
    await client.connect(transport());
    await client.callTool({ name: 'get_time', arguments: {} });
    await client.close();
    const { client: guess, route, findings } = judged(flowOf(pair.exchanges));
    expect(guess).toEqual({
      name: 'TypeScript SDK',
      evidence: ['request for metadata with MCP-Protocol-Version'],
    });
    expect(route.route).toBe('dcr');
    expect(findings).toEqual([]);
  });

  it('the SDK v2 is recognised as what a client is built with, and nothing is wrong', async () => {
    const pair = recordedPair({ registration: ['preset', 'dcr'] });
    const provider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>();
    const transport = () =>
      new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider: provider, fetch: pair.fetch });
    const first = transport();
    await expect(new ClientV2({ name: 'a', version: '1' }).connect(first)).rejects.toThrow();
    await first.finishAuth((await signIn(provider.authorizationUrl(), pair.fetch)).searchParams);
    const client = new ClientV2({ name: 'a', version: '1' });
    await client.connect(transport());
    await client.callTool({ name: 'get_time', arguments: {} });
    await client.close();
    const { client: guess, route, findings } = judged(flowOf(pair.exchanges));
    expect(guess?.name).toBe('TypeScript SDK');
    expect(route.route).toBe('dcr');
    expect(findings).toEqual([]);
  });
});
