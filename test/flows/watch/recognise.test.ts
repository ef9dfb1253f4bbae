import { describe, expect, it } from 'vitest';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { programOf, recogniseClient } from '../../../src/flows/watch/recognise.js';
import { recordedPair } from '../record/recorded-pair.js';
import { type ClientProfile, scriptedClient } from './fixtures/scripted-client.js';
import { CLAUDE_CODE, INSPECTOR } from './fixtures/other-clients.js';
import { VS_CODE } from './fixtures/vs-code/profile.js';
import { flowOf } from './judged.js';

async function registered(profile: ClientProfile, more: Record<string, unknown> = {}) {
  const pair = recordedPair();
  await scriptedClient(pair, profile).register(more);
  return flowOf(pair.exchanges);
}

function guess(flow: ReturnType<typeof flowOf>) {
  return recogniseClient(flow);
}

describe('the guess at the program behind a client', () => {
  it('names what speaks against it', async () => {
    const flow = await registered(VS_CODE, { client_name: 'Claude Code' });
    expect(guess(flow)?.name).toBe('VS Code');
    expect(guess(flow)?.evidence).toContain("against it: client_name Claude Code, which is Claude Code's");
  });

  it('is none where as much points at one program as at another', async () => {
    const flow = await registered(INSPECTOR, {
      client_name: 'Test',
      redirect_uris: ['http://localhost:6274/oauth/callback', 'https://vscode.dev/redirect'],
    });
    expect(guess(flow)).toBeUndefined();
  });

  it('is none for a redirect URI that many have, where the client calls itself something else', async () => {
    const flow = await registered(CLAUDE_CODE, { client_name: 'My own client' });
    expect(guess(flow)).toBeUndefined();
  });

  it('is not made by what the browser or the MCP server sends', async () => {
    const flow = await registered(CLAUDE_CODE, { client_name: 'My own client' });
    const from = (party: RecordedExchange['from']) =>
      flowOf(
        flow.exchanges.map(({ exchange }) => ({
          ...exchange,
          from: party,
          request: { ...exchange.request, headers: { 'user-agent': 'Visual Studio Code/1.139.1' } },
        })),
      );
    expect(guess(from('client'))?.name).toBe('VS Code');
    expect(guess(from('browser'))).toBeUndefined();
    expect(guess(from('rs'))).toBeUndefined();
  });

  it('does not grow with a client that shows a new name in each request', async () => {
    const pair = recordedPair();
    const client = scriptedClient(pair, VS_CODE);
    for (let count = 0; count < 60; count += 1) await client.register({ client_name: `Cursor ${count}` });
    expect(guess(flowOf(pair.exchanges))?.evidence.length).toBeLessThanOrEqual(40);
  });

  it('puts flows of one program at one address together, whatever port it listens at', async () => {
    const named = { client_name: 'Mine' };
    const one = await registered(CLAUDE_CODE, {
      ...named,
      redirect_uris: ['http://localhost:5001/callback'],
    });
    const two = await registered(CLAUDE_CODE, {
      ...named,
      redirect_uris: ['http://localhost:5002/callback'],
    });
    const other = await registered(CLAUDE_CODE, { ...named, redirect_uris: ['http://localhost:5002/back'] });
    expect(programOf(one, undefined)).toBe(programOf(two, undefined));
    expect(programOf(one, undefined)).not.toBe(programOf(other, undefined));
  });
});
