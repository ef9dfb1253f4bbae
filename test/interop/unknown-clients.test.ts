import {
  Client,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { evidenceOf } from './support/evidence.js';
import { inMemoryProvider } from './support/in-memory-provider.js';
import { installedPackage } from './support/packages.js';
import { signIn } from './support/sign-in.js';

const newProvider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>;

let pair: Listening;
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await pair.stop();
});

describe(`a client built with ${installedPackage('@modelcontextprotocol/client')} that holds a stale client_id`, () => {
  /** Heeds what the SDK tells it, as a client that keeps its credentials must. */
  function staleProvider() {
    const provider = newProvider({ client_id: 'stale-id', issuer: pair.issuer });
    return Object.assign(provider, { invalidateCredentials: () => provider.forgetAll() });
  }

  function transport(authProvider: ReturnType<typeof staleProvider>) {
    return new StreamableHTTPClientTransport(new URL(pair.resource), { authProvider });
  }

  async function connect(provider: ReturnType<typeof staleProvider>): Promise<Client> {
    const client = new Client({ name: 'sdk-v2', version: '2' });
    clients.push(client);
    await client.connect(transport(provider));
    return client;
  }

  /** Connects in vain, and signs its user in. */
  async function authorize(provider: ReturnType<typeof staleProvider>): Promise<void> {
    const first = transport(provider);
    const client = new Client({ name: 'sdk-v2', version: '2' });
    clients.push(client);
    await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
    await first.finishAuth((await signIn(provider.authorizationUrl())).searchParams);
  }

  async function callsGetTime(client: Client): Promise<void> {
    const { structuredContent } = await client.callTool({ name: 'get_time', arguments: {} });
    expect(structuredContent).toMatchObject({ timezone: 'UTC' });
  }

  it('registers because of reject-200, and reaches get_time with its new id', async () => {
    pair = await startPair('--verbose', '--unknown-clients=reject-200');
    const provider = staleProvider();
    await expect(authorize(provider)).rejects.toThrow();
    expect(provider.clientInformation()).toBeUndefined();
    await authorize(provider);
    await callsGetTime(await connect(provider));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
  });

  it('does not loop with reregister: it keeps its id after the 401, and is adopted the second time', async () => {
    pair = await startPair('--verbose', '--unknown-clients=reregister');
    const provider = staleProvider();
    await authorize(provider);
    await authorize(provider);
    await callsGetTime(await connect(provider));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['adopted'], registerRequests: 0 });
  });
});
