import {
  Client as ClientV2,
  type OAuthDiscoveryState as DiscoveryV2,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport as TransportV2,
  UnauthorizedError as UnauthorizedV2,
} from '@modelcontextprotocol/client';
import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import * as oauth from 'oauth4webapi';
import { afterEach, describe, expect, it } from 'vitest';
import { flowDocument } from '../../src/flows/index.js';
import { listening, run, start, startPair } from '../support/cli.js';
import { RS_CREDENTIALS, startOidcProvider } from '../support/oidc-provider.js';
import { type ListeningProxy, startProxy } from '../support/proxy.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { inMemoryProvider } from './support/in-memory-provider.js';
import { installedPackage, PROGRAMS, programPath } from './support/packages.js';
import { newHousehold } from './support/program.js';
import { startSdkExample } from './support/sdk-example.js';
import { signIn } from './support/sign-in.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function proxyOf(target: string): Promise<ListeningProxy> {
  const proxy = await startProxy(target);
  ends.push(() => proxy.close());
  return proxy;
}

async function ourPair(): Promise<ListeningProxy> {
  const pair = await startPair('--verbose');
  ends.push(() => pair.stop());
  return proxyOf(pair.resource);
}

/** Our MCP server with an authorization server of others, which has pages of its own. */
async function withPages(path = ''): Promise<ListeningProxy> {
  const provider = await startOidcProvider('opaque', path, { pages: true });
  ends.push(() => provider.close());
  const credentials = `${RS_CREDENTIALS.id}:${RS_CREDENTIALS.secret}`;
  const flags = [
    '--auth-server',
    provider.issuer,
    '--introspection-credentials',
    credentials,
    '--oauth-strict',
  ];
  const rs = await listening(start(['rs', '--port', '0', '--log-format', 'json', ...flags]));
  ends.push(() => rs.stop());
  return proxyOf(rs.resource);
}

async function sdkExample(): Promise<ListeningProxy> {
  const example = await startSdkExample({ flags: ['--oauth-strict'] });
  ends.push(() => example.stop());
  return proxyOf(example.resource);
}

/** @returns the client, connected through the proxy */
async function connectV1(resource: string): Promise<Client> {
  const authProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>();
  const client = new Client({ name: 'sdk-v1', version: '1' });
  ends.push(() => client.close());
  const transport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider });
  const first = transport();
  await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const redirect = await signIn(authProvider.authorizationUrl());
  await first.finishAuth(redirect.searchParams.get('code')!);
  await client.connect(transport());
  return client;
}

/** The same with the strict one, which compares issuers to the letter and looks at `iss`. */
async function connectV2(resource: string): Promise<ClientV2> {
  const authProvider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, DiscoveryV2>();
  const client = () => {
    const made = new ClientV2({ name: 'sdk-v2', version: '2' }, { versionNegotiation: { mode: 'auto' } });
    ends.push(() => made.close());
    return made;
  };
  const transport = () => new TransportV2(new URL(resource), { authProvider });
  const first = transport();
  await expect(client().connect(first)).rejects.toBeInstanceOf(UnauthorizedV2);
  const redirect = await signIn(authProvider.authorizationUrl());
  await first.finishAuth(redirect.searchParams);
  const connected = client();
  await connected.connect(transport());
  return connected;
}

const TOKYO = { name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } };

/** That each step of the flow went by the proxy, and was understood. */
function expectWholeFlow({ exchanges }: ListeningProxy): void {
  const seen = exchanges.map(({ meaning }) => meaning);
  for (const meaning of [
    'resource-metadata',
    'authorization-server-metadata',
    'registration',
    'authorization-request',
    'token-request',
    'mcp',
  ] as const) {
    expect(seen).toContain(meaning);
  }
  expect(exchanges.filter(({ error }) => error !== null)).toEqual([]);
}

describe('through the proxy', () => {
  it(`${installedPackage('@modelcontextprotocol/sdk')} reaches a tool of our pair`, async () => {
    const proxy = await ourPair();
    expectTimeInTokyo(await (await connectV1(proxy.resource)).callTool(TOKYO));
    expectWholeFlow(proxy);
  });

  it(`${installedPackage('@modelcontextprotocol/client')} reaches a tool of our pair`, async () => {
    const proxy = await ourPair();
    expectTimeInTokyo(await (await connectV2(proxy.resource)).callTool(TOKYO));
    expectWholeFlow(proxy);
  });

  it.each(['', '/tenant'])(
    `${installedPackage('@modelcontextprotocol/client')} signs in at the pages of ${installedPackage('oidc-provider')} at %j`,
    async (path) => {
      const proxy = await withPages(path);
      expectTimeInTokyo(await (await connectV2(proxy.resource)).callTool(TOKYO));
      expectWholeFlow(proxy);
      expect(proxy.exchanges.filter(({ meaning }) => meaning === 'sign-in').length).toBeGreaterThan(2);
      expect(JSON.stringify(proxy.exchanges)).not.toContain('any password');
      expect(proxy.notes).toEqual([]);
    },
  );

  it(`${installedPackage('@modelcontextprotocol/sdk')} reaches a tool of the example servers of its SDK`, async () => {
    const proxy = await sdkExample();
    const client = await connectV1(proxy.resource);
    expect(await client.callTool({ name: 'greet', arguments: { name: 'Alice' } })).toMatchObject({
      content: [{ type: 'text', text: 'Hello, Alice!' }],
    });
    expectWholeFlow(proxy);
  });

  it('inspect-flow completes at the example servers of the SDK, and finds no MUST broken', async () => {
    const proxy = await sdkExample();
    const { code, stdout } = await run(['inspect-flow', proxy.resource, '--json', '--call', 'greet']);
    const document = flowDocument.parse(JSON.parse(stdout));
    expect(document).toMatchObject({ outcome: 'completed', registration: { route: 'dcr' } });
    expect(code).toBe(0);
    expectWholeFlow(proxy);
  });

  it(`${PROGRAMS.mcpRemote.spec} reaches a tool of our pair`, async () => {
    const proxy = await ourPair();
    const household = await newHousehold();
    ends.push(() => household.end());
    const client = new Client({ name: 'stdio-client', version: '1.0' });
    ends.push(() => client.close());
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [await programPath(PROGRAMS.mcpRemote), proxy.resource],
      env: { ...household.browser.env },
      stderr: 'ignore',
    });
    await Promise.all([household.browser.signedIn, client.connect(transport)]);
    expectTimeInTokyo(await client.callTool(TOKYO));
    expectWholeFlow(proxy);
  });

  it(`${installedPackage('oauth4webapi')}, which compares each issuer to the letter, accepts the metadata`, async () => {
    const proxy = await withPages('/tenant');
    const resource = new URL(proxy.resource);
    const OVER_HTTP = { [oauth.allowInsecureRequests]: true };
    const found = await oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, OVER_HTTP),
    );
    const issuer = new URL(found.authorization_servers![0]!);
    const as = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...OVER_HTTP }),
    );
    expect(as.issuer).toBe(issuer.href);
    expect(as.token_endpoint).toMatch(new RegExp(`^${issuer.origin}/tenant/`));
  });
});
