import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { inMemoryProvider } from './support/in-memory-provider.js';
import { installedPackage } from './support/packages.js';
import { signIn } from './support/sign-in.js';

const newProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;
type Provider = ReturnType<typeof newProvider>;

let pair: Listening;
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await pair.stop();
});

/** Connects the way the SDK's documentation tells, and calls the tool; gives the codes that it redeemed. */
async function reachGetTime(provider: Provider): Promise<readonly string[]> {
  const codes: string[] = [];
  const client = new Client({ name: 'sdk-v1', version: '1' });
  clients.push(client);
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(pair.resource), { authProvider: provider });
  const first = transport();
  try {
    await client.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    const redirect = await signIn(provider.authorizationUrl());
    expect(redirect.searchParams.get('state')).toBe(provider.state());
    expect(redirect.searchParams.get('iss')).toBe(pair.issuer);
    const code = redirect.searchParams.get('code')!;
    codes.push(code);
    await first.finishAuth(code);
    await client.connect(transport());
  }
  const { tools } = await client.listTools();
  expect(tools.map((tool) => tool.name)).toEqual(['get_time']);
  expectTimeInTokyo(await client.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } }));
  return codes;
}

describe(`a client built with ${installedPackage('@modelcontextprotocol/sdk')}`, () => {
  it('registers, signs its user in and reaches get_time, and no secret is logged on the way', async () => {
    pair = await startPair('--verbose');
    const provider = newProvider();
    const codes = await reachGetTime(provider);
    const { access_token, refresh_token } = provider.tokens()!;
    expect(await evidenceOf(pair)).toEqual({ routes: ['dcr'], registerRequests: 1, eras: ['2025'] });
    expectNoSecretPrinted(pair, { codes, accessTokens: [access_token], others: [refresh_token!] });
  });

  it('skips /register when it kept its registration, and the log says so', async () => {
    pair = await startPair('--verbose');
    const provider = newProvider();
    await reachGetTime(provider);
    provider.forgetTokens();
    await reachGetTime(provider);
    expect(await evidenceOf(pair, { calls: 2 })).toMatchObject({
      routes: ['dcr', 'dcr-reused'],
      registerRequests: 1,
    });
  });

  it('goes on with its refresh token, without its user, when the access token is refused', async () => {
    pair = await startPair('--verbose');
    const provider = newProvider();
    await reachGetTime(provider);
    const before = provider.tokens()!;
    provider.spoilAccessToken();
    expect(await reachGetTime(provider)).toEqual([]);
    expect(provider.tokens()!.refresh_token).not.toBe(before.refresh_token);
    expect(await evidenceOf(pair, { calls: 2 })).toMatchObject({ routes: ['dcr'], registerRequests: 1 });
  });

  it('with a preset client_id never calls /register', async () => {
    pair = await startPair('--verbose', '--client', 'demo-preset');
    await reachGetTime(newProvider({ client_id: 'demo-preset' }));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['preset'], registerRequests: 0 });
  });

  it('with a client_id from elsewhere is adopted', async () => {
    pair = await startPair('--verbose');
    await reachGetTime(newProvider({ client_id: 'f33e2bba-ffe4-4b8f-8a41-0e0897e0ecd9' }));
    expect(await evidenceOf(pair)).toMatchObject({ routes: ['adopted'], registerRequests: 0 });
  });

  it('reaches get_time, and refreshes, with JWT access tokens', async () => {
    pair = await startPair('--verbose', '--token-format=jwt');
    const provider = newProvider();
    await reachGetTime(provider);
    const before = provider.tokens()!.access_token;
    expect(before).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    provider.spoilAccessToken();
    await reachGetTime(provider);
    expect(provider.tokens()!.access_token).not.toBe(before);
    for (const part of before.split('.')) expect(pair.stdout() + pair.stderr()).not.toContain(part);
  });
});
