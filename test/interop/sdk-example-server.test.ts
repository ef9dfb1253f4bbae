import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { INITIALIZE } from '../rs/support.js';
import { type Listening, listening, postMcp, start } from '../support/cli.js';
import { tokenFor } from '../support/token.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { inMemoryProvider } from './support/in-memory-provider.js';
import { installedPackage } from './support/packages.js';
import { startSdkExample } from './support/sdk-example.js';
import { signIn } from './support/sign-in.js';

const newProvider = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startServer(command: 'as' | 'rs', ...flags: readonly string[]): Promise<Listening> {
  const started = await listening(start([command, '--port', '0', '--log-format', 'json', ...flags]));
  ends.push(() => started.stop());
  return started;
}

const startAuthorizationServer = (...flags: readonly string[]) => startServer('as', ...flags);

/** The example MCP server of the SDK, with our authorization server where it expects its own. */
async function startExample({ issuer }: Listening, ...flags: readonly string[]): Promise<string> {
  const example = await startSdkExample({ flags, foreignAuthorizationServerPort: new URL(issuer).port });
  ends.push(() => example.stop());
  return example.resource;
}

/** The same, with its own authorization server. */
async function startExamplePair(): Promise<{ issuer: string }> {
  const example = await startSdkExample();
  ends.push(() => example.stop());
  return example;
}

/** Connects as the SDK's documentation tells, with its own client. */
async function connect(resource: string, provider: ReturnType<typeof newProvider>): Promise<Client> {
  const client = new Client({ name: 'sdk-v1', version: '1' });
  ends.push(() => client.close());
  const transport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
  const first = transport();
  await expect(client.connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const redirect = await signIn(provider.authorizationUrl());
  await first.finishAuth(redirect.searchParams.get('code')!);
  await client.connect(transport());
  return client;
}

/** How the example answers a request with this token. */
async function answerTo(resource: string, token: string) {
  const response = await postMcp(resource, token, INITIALIZE);
  return { status: response.status, challenge: response.headers.get('www-authenticate') };
}

const OPEN = ['--open-introspection', '--scopes', 'mcp:tools'];

describe(`the example MCP server in ${installedPackage('@modelcontextprotocol/sdk')}, which sends no credentials`, () => {
  it('serves a client that has a token of ours, with --open-introspection', async () => {
    const as = await startAuthorizationServer(...OPEN);
    const resource = await startExample(as, '--oauth-strict');
    const client = await connect(resource, newProvider());
    expect(await client.callTool({ name: 'greet', arguments: { name: 'Alice' } })).toMatchObject({
      content: [{ type: 'text', text: 'Hello, Alice!' }],
    });
    await expect
      .poll(() => as.events())
      .toContainEqual(expect.objectContaining({ kind: 'token.introspected', active: true }));
  });

  it('refuses a token for another resource with its own --oauth-strict, and takes it without', async () => {
    const as = await startAuthorizationServer(...OPEN);
    const strict = await startExample(as, '--oauth-strict');
    const lax = await startExample(as);
    const token = await tokenFor(as.issuer, `${new URL(strict).origin}/other`);
    expect(await answerTo(strict, token)).toEqual({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
    });
    expect(await answerTo(lax, token)).toEqual({ status: 200, challenge: null });
  });

  it('refuses a token that was revoked', async () => {
    const as = await startAuthorizationServer(...OPEN);
    const resource = await startExample(as, '--oauth-strict');
    const token = await tokenFor(as.issuer, resource);
    expect(await answerTo(resource, token)).toMatchObject({ status: 200 });
    await fetch(`${as.issuer}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: 'from-elsewhere' }),
    });
    expect(await answerTo(resource, token)).toMatchObject({ status: 401 });
  });

  it('can verify no token without --open-introspection', async () => {
    const as = await startAuthorizationServer('--scopes', 'mcp:tools');
    const resource = await startExample(as, '--oauth-strict');
    const token = await tokenFor(as.issuer, resource);
    expect((await answerTo(resource, token)).status).toBe(500);
    await expect
      .poll(() => as.events())
      .toContainEqual(expect.objectContaining({ reason: 'rs_credentials_missing' }));
  });
});

describe(`the example authorization server in ${installedPackage('@modelcontextprotocol/sdk')}`, () => {
  it('serves our MCP server, which is told where it introspects, as its metadata does not say', async () => {
    const { issuer } = await startExamplePair();
    const rs = await startServer(
      'rs',
      `--auth-server=${issuer}`,
      `--introspection-endpoint=${issuer}introspect`,
      '--oauth-strict',
      '--required-scope=mcp:tools',
    );
    const client = await connect(rs.resource, newProvider());
    expectTimeInTokyo(await client.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } }));
    // It refuses to answer of a token that it does not know, which is no outage.
    expect(await answerTo(rs.resource, 'unknown-token')).toMatchObject({ status: 401 });
    await expect
      .poll(() => rs.events())
      .toContainEqual(expect.objectContaining({ kind: 'bearer.challenged', reason: 'token_inactive' }));
  });
});
