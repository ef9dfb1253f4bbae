import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import * as v2 from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { type AuthorizationServerOptions, createAuthorizationServer } from '../../src/as/index.js';
import { createResourceServer, type ResourceServerOptions } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { newProviderV1, newProviderV2 } from '../interop/support/clients.js';
import { createBrowser } from '../support/browser.js';
import { createEditor } from '../support/editor.js';

const ISSUER = 'http://localhost:9000';
const RESOURCE = 'http://localhost:8001/mcp';

/** Both servers in this process, and what they tell. */
function pair(as: Partial<AuthorizationServerOptions> = {}, rs: Partial<ResourceServerOptions> = {}) {
  const events: EmittedEvent[] = [];
  const onEvent = (event: EmittedEvent) => events.push(event);
  let milliseconds = 0;
  const server = createAuthorizationServer(
    { issuer: ISSUER, demoMode: true, resources: [RESOURCE], registration: ['preset', 'dcr'], ...as },
    { onEvent },
  );
  const resource = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, oauthStrict: true, ...rs },
    { fetch: networkOf({ [ISSUER]: server }), milliseconds: () => milliseconds, onEvent },
  );
  const fetch = networkOf({ [ISSUER]: server, 'http://localhost:8001': resource });
  const of = <K extends EmittedEvent['kind']>(kind: K) =>
    events.filter((event): event is Extract<EmittedEvent, { kind: K }> => event.kind === kind);
  return {
    fetch,
    of,
    levers: server.levers,
    wait: (more: number) => void (milliseconds += more),
    async signIn(url: URL): Promise<URLSearchParams> {
      const browser = createBrowser(fetch, url.origin);
      const { left } = await browser.submit(await browser.submit(await browser.visit(url)));
      return left!.searchParams;
    },
  };
}
type Pair = ReturnType<typeof pair>;

/** A client of an SDK that heeds what it is told, so that it drops its credentials when the SDK says so. */
interface SdkClient {
  clientId(): string | undefined;
  /** Calls a tool, and signs its user in if that is wanted. @returns whether it was */
  call(): Promise<boolean>;
}

/** What the documentation of both SDKs asks of a client that keeps its credentials, and what it knows of the server. */
function heed<D>(provider: {
  forgetAll(): void;
  forgetTokens(): void;
  discoveryState(): D | undefined;
  saveDiscoveryState(saved: D): void;
}): void {
  let discovery: D | undefined;
  Object.assign(provider, {
    discoveryState: () => discovery,
    saveDiscoveryState: (saved: D) => void (discovery = saved),
    invalidateCredentials(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') {
      if (scope === 'tokens') provider.forgetTokens();
      if (scope === 'all' || scope === 'client') provider.forgetAll();
      if (scope === 'all' || scope === 'client' || scope === 'discovery') discovery = undefined;
    },
  });
}

function sdkV1({ fetch, signIn }: Pair): SdkClient {
  const provider = newProviderV1();
  heed(provider);
  const connect = async (finish: boolean): Promise<boolean> => {
    const client = new Client({ name: 'sdk-v1', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider: provider, fetch });
    try {
      await client.connect(transport);
      await client.callTool({ name: 'get_time', arguments: {} });
      return false;
    } catch (error) {
      if (!finish || !(error instanceof UnauthorizedError)) throw error;
      await transport.finishAuth((await signIn(provider.authorizationUrl())).get('code')!);
      await connect(false);
      return true;
    } finally {
      await client.close();
    }
  };
  return { clientId: () => provider.clientInformation()?.client_id, call: () => connect(true) };
}

function sdkV2({ fetch, signIn }: Pair): SdkClient {
  const provider = newProviderV2();
  heed(provider);
  const connect = async (finish: boolean): Promise<boolean> => {
    const client = new v2.Client({ name: 'sdk-v2', version: '2' });
    const transport = new v2.StreamableHTTPClientTransport(new URL(RESOURCE), {
      authProvider: provider,
      fetch,
    });
    try {
      await client.connect(transport);
      await client.callTool({ name: 'get_time', arguments: {} });
      return false;
    } catch (error) {
      if (!finish || !(error instanceof v2.UnauthorizedError)) throw error;
      await transport.finishAuth(await signIn(provider.authorizationUrl()));
      await connect(false);
      return true;
    } finally {
      await client.close();
    }
  };
  return { clientId: () => provider.clientInformation()?.client_id, call: () => connect(true) };
}

describe.each([
  ['the SDK v1', sdkV1],
  ['the SDK v2', sdkV2],
])('a client built with %s', (_name, create) => {
  it('registers again once it is forgotten, when its refresh is refused', async () => {
    const world = pair();
    const client = create(world);
    await client.call();
    const first = client.clientId()!;
    await world.levers.pull('forget', first);
    expect(await client.call()).toBe(true);
    expect(client.clientId()).not.toBe(first);
    expect(world.of('client.registered')).toHaveLength(2);
    expect(world.of('token.issued').at(-1)).toMatchObject({ route: 'dcr' });
  });

  it('refreshes when its access tokens expire, without its user', async () => {
    const world = pair();
    const client = create(world);
    await client.call();
    await world.levers.pull('expire-tokens', client.clientId()!);
    expect(await client.call()).toBe(false);
    expect(world.of('token.issued').map(({ grant_type }) => grant_type)).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
  });

  it('keeps its registration when its tokens are revoked, and asks its user again', async () => {
    const world = pair();
    const client = create(world);
    await client.call();
    const first = client.clientId()!;
    await world.levers.pull('revoke', first);
    expect(await client.call()).toBe(true);
    expect(client.clientId()).toBe(first);
    expect(world.of('token.issued').at(-1)).toMatchObject({ route: 'dcr-reused' });
  });

  it('registers with the server that a new epoch makes, which the MCP server follows', async () => {
    const world = pair();
    const client = create(world);
    await client.call();
    const first = client.clientId()!;
    const { issuer } = await world.levers.pull('new-epoch', first);
    world.wait(250);
    expect(await client.call()).toBe(true);
    expect(client.clientId()).not.toBe(first);
    expect(world.of('as.issuer_changed')).toMatchObject([{ issuer }]);
    expect(world.of('token.issued').at(-1)).toMatchObject({ route: 'dcr' });
  });
});

describe('a client that keeps its client_id as VS Code does', () => {
  it.each(['forget', 'expire-tokens', 'revoke', 'new-epoch'] as const)(
    'registers again after %s, as the MCP server answers 401 to its token',
    async (lever) => {
      const world = pair();
      const editor = createEditor(world.fetch, RESOURCE);
      await editor.connect();
      const first = editor.clientId()!;
      const before = editor.seen.length;
      await world.levers.pull(lever, first);
      world.wait(250);
      await editor.connect();
      expect(editor.seen.slice(before)).toEqual([
        'initialize 401',
        'PRM 200',
        'AS metadata 200',
        '/register 201',
        '/authorize new id',
        '/token 200',
        'initialize 200',
      ]);
      expect(editor.clientId()).not.toBe(first);
    },
  );

  it('notices nothing while it holds a JWT that the MCP server verifies by keys', async () => {
    const world = pair({ tokenFormat: 'jwt' }, { verify: 'jwt' });
    const editor = createEditor(world.fetch, RESOURCE);
    await editor.connect();
    const first = editor.clientId()!;
    for (const lever of ['expire-tokens', 'revoke', 'forget'] as const) await world.levers.pull(lever, first);
    await editor.connect();
    expect(editor.seen.at(-1)).toBe('initialize 200');
    expect(editor.clientId()).toBe(first);
  });

  it('is refused a JWT of the old issuer once the MCP server has looked for it again', async () => {
    const world = pair({ tokenFormat: 'jwt' }, { verify: 'jwt' });
    const editor = createEditor(world.fetch, RESOURCE);
    await editor.connect();
    const first = editor.clientId()!;
    await world.levers.pull('new-epoch', first);
    world.wait(250);
    await world.fetch('http://localhost:8001/.well-known/oauth-protected-resource/mcp');
    await editor.connect();
    expect(editor.clientId()).not.toBe(first);
  });

  it('that is signed out comes back with its old client_id when it is forgotten, and is adopted', async () => {
    const world = pair();
    const editor = createEditor(world.fetch, RESOURCE);
    await editor.connect();
    const first = editor.clientId()!;
    editor.signOut();
    await world.levers.pull('forget', first);
    await editor.connect();
    expect(editor.clientId()).toBe(first);
    expect(world.of('token.issued').at(-1)).toMatchObject({ route: 'adopted' });
  });
});
