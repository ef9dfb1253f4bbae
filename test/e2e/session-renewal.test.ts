import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { expect, it } from 'vitest';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';
import { startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const newProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;

it('a client of the SDK keeps its session when its token expires: it comes back for its stream with the next one', async () => {
  const pair = keep(await startPair('--access-token-seconds', '5', '--verbose'));
  const provider = newProvider();
  const client = new Client({ name: 'renewing', version: '1' });
  const transport = (): StreamableHTTPClientTransport =>
    new StreamableHTTPClientTransport(new URL(pair.resource), { authProvider: provider });
  const first = transport();
  await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  await first.finishAuth((await signIn(provider.authorizationUrl())).searchParams.get('code')!);
  await client.connect(transport());
  const streams = (): number =>
    pair.events().filter(({ method, path, status }) => method === 'GET' && path === '/mcp' && status === 200)
      .length;
  await expect.poll(streams, { timeout: 15_000 }).toBe(2);
  expect((await client.callTool({ name: 'get_time', arguments: {} })).isError).toBeFalsy();
  expect(pair.events().filter(({ kind }) => kind === 'session.opened')).toHaveLength(1);
  expect(pair.events().filter(({ kind }) => kind === 'session.closed')).toEqual([]);
  await client.close();
});
