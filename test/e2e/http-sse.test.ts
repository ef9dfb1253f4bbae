import { UnauthorizedError, type OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';
import { eventsIn, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const newProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;

/** Goes through authorization as an old client does, and stays connected. */
async function connected(resource: string): Promise<Client> {
  const provider = newProvider();
  const client = new Client({ name: 'old-client', version: '1' });
  clients.push(client);
  const transport = (): SSEClientTransport =>
    new SSEClientTransport(new URL(resource), { authProvider: provider });
  const first = transport();
  await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  await first.finishAuth((await signIn(provider.authorizationUrl())).searchParams.get('code')!);
  await client.close();
  await client.connect(transport());
  return client;
}

describe('all --transport sse', () => {
  it('takes the SSE client of SDK v1 through authorization to a tool, and ends while its stream is open', async () => {
    const pair = keep(await startPair('--transport', 'sse'));
    const client = await connected(pair.resource);
    const result = await client.callTool({ name: 'get_time', arguments: {} });
    expect(result.structuredContent).toMatchObject({ timezone: 'UTC' });

    const { code, stderr } = await pair.stop('SIGTERM');
    expect(code).toBe(0);
    const events = eventsIn(stderr);
    expect(events.filter(({ kind }) => kind === 'session.closed')).toMatchObject([
      { reason: 'the server stopped' },
    ]);
    expect(events.filter(({ level }) => level === 'error')).toEqual([]);
    expect(events.find(({ kind }) => kind === 'rs.transport_deprecated')).toMatchObject({ level: 'warning' });
  });
});
