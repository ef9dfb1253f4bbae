import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import * as v2 from '@modelcontextprotocol/client';
import { expect } from 'vitest';
import { expectTimeInTokyo } from './get-time.js';
import { inMemoryProvider } from './in-memory-provider.js';
import { PROGRAMS, programPath } from './packages.js';
import { type Household, runProgram } from './program.js';
import { signIn } from './sign-in.js';

/** A call of get_time, as every client here makes it. */
const GET_TIME = { name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } } as const;

/** What a client of the SDK v1 keeps. */
export const newProviderV1 = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;
/** What a client of the SDK v2 keeps. */
export const newProviderV2 = inMemoryProvider<
  v2.StoredOAuthClientInformation,
  v2.StoredOAuthTokens,
  v2.OAuthDiscoveryState
>;

/**
 * Connects with the SDK v1 as its documentation tells, signs the user in where that is wanted, and calls the tool.
 *
 * @returns the redirect that brought the code; undefined where no user was needed
 */
export async function callWithSdkV1(
  resource: string,
  provider: ReturnType<typeof newProviderV1>,
): Promise<URL | undefined> {
  const client = new Client({ name: 'sdk-v1', version: '1' });
  const transport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
  const first = transport();
  let redirect: URL | undefined;
  try {
    await client.connect(first);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    redirect = await signIn(provider.authorizationUrl());
    await first.finishAuth(redirect.searchParams.get('code')!);
    await client.connect(transport());
  }
  try {
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual([GET_TIME.name]);
    expectTimeInTokyo(await client.callTool(GET_TIME));
  } finally {
    await client.close();
  }
  return redirect;
}

/** As {@link callWithSdkV1}, with the SDK v2, in the newest era that the server has. */
export async function callWithSdkV2(
  resource: string,
  provider: ReturnType<typeof newProviderV2>,
): Promise<void> {
  const client = () =>
    new v2.Client({ name: 'sdk-v2', version: '2' }, { versionNegotiation: { mode: 'auto' } });
  const transport = () => new v2.StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
  const first = transport();
  const refused = await client()
    .connect(first)
    .catch((error: unknown) => error);
  if (!(refused instanceof v2.UnauthorizedError))
    throw new Error('no sign-in was asked for', { cause: refused });
  const redirect = await signIn(provider.authorizationUrl());
  await first.finishAuth(redirect.searchParams);
  const connected = client();
  await connected.connect(transport());
  try {
    expectTimeInTokyo(await connected.callTool(GET_TIME));
  } finally {
    await connected.close();
  }
}

/**
 * Calls the tool with the command line of the MCP Inspector.
 *
 * @returns the redirect that its browser was sent back with
 */
export async function callWithInspector(
  resource: string,
  household: Household,
  ...args: readonly string[]
): Promise<URL> {
  const node = await programPath(PROGRAMS.node);
  const inspector = await programPath(PROGRAMS.inspector);
  const call = ['--method', 'tools/call', '--tool-name', GET_TIME.name, '--tool-arg', 'timezone=Asia/Tokyo'];
  const place = ['--callback-url', 'http://127.0.0.1:0/oauth/callback'];
  const [redirect, { code, stdout, stderr }] = await Promise.all([
    household.browser.signedIn,
    runProgram(node, [inspector, '--cli', resource, ...call, ...place, '--format', 'json', ...args], {
      env: {
        ...household.browser.env,
        MCP_AUTO_OPEN_ENABLED: 'true',
        MCP_STORAGE_DIR: household.folder,
        MCP_INSPECTOR_SECRET_STORE: 'file',
      },
      milliseconds: 60_000,
    }),
  ]);
  if (code !== 0) throw new Error(`the Inspector ended with ${code}:\n${stderr}`);
  expectTimeInTokyo((JSON.parse(stdout) as { result: unknown }).result);
  return redirect;
}

/**
 * Calls the tool through mcp-remote, as a program does that speaks stdio only.
 *
 * @returns the redirect that its browser was sent back with
 */
export async function callWithMcpRemote(
  resource: string,
  household: Household,
  ...args: readonly string[]
): Promise<URL> {
  const client = new Client({ name: 'stdio-client', version: '1.0' });
  const proxy = new StdioClientTransport({
    command: process.execPath,
    args: [await programPath(PROGRAMS.mcpRemote), resource, ...args],
    env: { ...household.browser.env },
    stderr: 'pipe',
  });
  let said = '';
  proxy.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  try {
    const [redirect] = await Promise.all([
      household.browser.signedIn,
      client.connect(proxy).catch((error: unknown) => {
        throw new Error(`mcp-remote did not connect, and said:\n${said}`, { cause: error });
      }),
    ]);
    expectTimeInTokyo(await client.callTool(GET_TIME));
    return redirect;
  } finally {
    await client.close();
  }
}
