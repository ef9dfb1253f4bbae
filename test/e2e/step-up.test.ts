import {
  Client,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';
import { type Listening, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const keep = stopAfterEach();
const clients: Client[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
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
    clients.push(client);
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
