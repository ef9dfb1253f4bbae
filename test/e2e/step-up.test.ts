import {
  Client,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import {
  type OAuthDiscoveryState as OAuthDiscoveryStateV1,
  UnauthorizedError as UnauthorizedErrorV1,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationFull, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';
import { type Listening, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { authorize } from '../support/token.js';

const keep = stopAfterEach();
const closing: { close(): Promise<void> }[] = [];
const V1 = { name: 'stepping', version: '1' };

afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

type Mode = 'legacy' | 'auto';
type Call = Parameters<Client['callTool']>[0];

/** A client of SDK v2 whose user signs in whenever it asks. */
function createSteppingClient({ resource }: Listening, mode: Mode) {
  const provider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>();
  const asked: string[] = [];
  const newTransport = () => new StreamableHTTPClientTransport(new URL(resource), { authProvider: provider });
  async function connect(transport: StreamableHTTPClientTransport): Promise<Client> {
    const client = new Client({ name: 'stepping', version: '1' }, { versionNegotiation: { mode } });
    closing.push(client);
    await client.connect(transport);
    return client;
  }
  /** What the user does: goes where the client sends them, and allows what it asks for. */
  async function authorize(transport: StreamableHTTPClientTransport): Promise<void> {
    const url = provider.authorizationUrl();
    asked.push(url.searchParams.get('scope') ?? '');
    await transport.finishAuth((await signIn(url)).searchParams);
  }
  return {
    provider,
    /** the scope of each authorization request */
    asked,
    async connect() {
      const transport = newTransport();
      await expect(connect(transport)).rejects.toBeInstanceOf(UnauthorizedError);
      await authorize(transport);
      const connected = newTransport();
      return { client: await connect(connected), transport: connected };
    },
    /** Calls a tool that the token is not enough for, signs in for more, and calls it again, once. */
    async stepUp(client: Client, transport: StreamableHTTPClientTransport, call: Call) {
      await expect(client.callTool(call)).rejects.toBeInstanceOf(UnauthorizedError);
      await authorize(transport);
      return client.callTool(call);
    },
  };
}

describe.each(['legacy', 'auto'] as const)(
  'a client of SDK v2, mode %s, beside all --scoped-tools',
  (mode) => {
    it('steps up to each tool by one round through the authorization server, and keeps what it had', async () => {
      const pair = keep(await startPair('--scoped-tools'));
      const stepping = createSteppingClient(pair, mode);
      const { client, transport } = await stepping.connect();
      expect(await client.callTool({ name: 'get_time', arguments: {} })).not.toHaveProperty('isError', true);

      const who = await stepping.stepUp(client, transport, { name: 'whoami', arguments: {} });
      expect(who.structuredContent).toMatchObject({ sub: 'demo_user', scope: 'user profile' });

      const set = { name: 'set_clock', arguments: { offset_seconds: 3600 } };
      const done = await stepping.stepUp(client, transport, set);
      expect(done.structuredContent).toEqual({ offset_seconds: 3600, previous_offset_seconds: 0 });

      const { structuredContent } = await client.callTool({ name: 'get_time', arguments: {} });
      expect(structuredContent).toMatchObject({ offset_seconds: 3600 });
      expect((structuredContent as { epoch_seconds: number }).epoch_seconds).toBeGreaterThan(
        Date.now() / 1000 + 3500,
      );
      expect(await client.callTool({ name: 'whoami', arguments: {} })).not.toHaveProperty('isError', true);

      expect(stepping.asked).toEqual([
        'user offline_access',
        'user offline_access profile',
        'user offline_access profile time:write',
      ]);
      const challenged = pair
        .events()
        .filter(({ kind, error }) => kind === 'bearer.challenged' && error !== undefined);
      expect(challenged).toMatchObject([
        { status: 403, reason: 'tool_scope_missing', tools: ['whoami'], missing: ['profile'] },
        { status: 403, reason: 'tool_scope_missing', tools: ['set_clock'], missing: ['time:write'] },
      ]);
    });
  },
);

describe('a client of SDK v1, which knows no union of scopes', () => {
  const steppingV1 = (pair: Listening, grantTypes: string[]) => {
    const provider = inMemoryProvider<OAuthClientInformationFull, OAuthTokens, OAuthDiscoveryStateV1>();
    const clientMetadata = { ...provider.clientMetadata, grant_types: grantTypes };
    const transport = () =>
      new TransportV1(new URL(pair.resource), { authProvider: { ...provider, clientMetadata } });
    async function authorize(unauthorized: TransportV1): Promise<string> {
      const url = provider.authorizationUrl();
      await unauthorized.finishAuth((await signIn(url)).searchParams.get('code') ?? '');
      return url.searchParams.get('scope') ?? '';
    }
    async function connect() {
      const first = transport();
      await expect(new ClientV1(V1).connect(first)).rejects.toBeInstanceOf(UnauthorizedErrorV1);
      await authorize(first);
      const second = transport();
      const client = new ClientV1(V1);
      await client.connect(second);
      closing.push(client);
      return { client, transport: second };
    }
    return { connect, authorize };
  };
  const whoami = { name: 'whoami', arguments: {} };

  it('asks for what the challenge names and nothing else, and loses what it had for another tool', async () => {
    const pair = keep(await startPair('--scoped-tools'));
    const { connect, authorize } = steppingV1(pair, ['authorization_code']);
    const { client, transport } = await connect();
    await expect(client.callTool(whoami)).rejects.toBeInstanceOf(UnauthorizedErrorV1);
    expect(await authorize(transport)).toBe('user profile');
    expect((await client.callTool(whoami)).structuredContent).toMatchObject({ scope: 'user profile' });
    const set = { name: 'set_clock', arguments: { offset_seconds: 5 } };
    await expect(client.callTool(set)).rejects.toBeInstanceOf(UnauthorizedErrorV1);
    expect(await authorize(transport)).toBe('user time:write');
    expect(await client.callTool(set)).not.toHaveProperty('isError', true);
    await expect(client.callTool(whoami)).rejects.toBeInstanceOf(UnauthorizedErrorV1);
  });

  it('uses its refresh token if it has one, and gives up when the scope is the same again', async () => {
    const pair = keep(await startPair('--scoped-tools'));
    const { client } = await steppingV1(pair, ['authorization_code', 'refresh_token']).connect();
    await expect(client.callTool(whoami)).rejects.toThrow('403 after trying upscoping');
    const refused = pair.events().filter(({ error }) => error === 'insufficient_scope');
    expect(refused).toMatchObject([{ missing: ['profile'] }, { missing: ['profile'] }]);
    expect(new Set(refused.map(({ token }) => token)).size).toBe(2);
  });
});

describe('the authorization server of all --scoped-tools', () => {
  it('can grant the scopes of the tools, and grants none of them unasked', async () => {
    const pair = keep(
      await startPair('--scoped-tools', '--required-scope', 'user', '--required-scope', 'extra'),
    );
    const metadata = await fetch(`${pair.issuer}/.well-known/oauth-authorization-server`);
    expect(await metadata.json()).toMatchObject({
      scopes_supported: ['user', 'extra', 'profile', 'time:write', 'time', 'offline_access'],
    });
    expect(await authorize(pair.issuer)).toMatchObject({ scope: 'user extra' });
  });
});
