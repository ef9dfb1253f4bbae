import { type OAuthDiscoveryState, UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthorizationServer } from '../../src/as/index.js';
import { createResourceServer } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { signIn } from '../interop/support/sign-in.js';

const ISSUER = 'http://localhost:9000';
const RESOURCE = 'http://localhost:8001/mcp';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Both servers in this process, and all that they told. */
function createPair() {
  const events: EmittedEvent[] = [];
  const onEvent = (event: EmittedEvent) => void events.push(event);
  const as = createAuthorizationServer(
    { issuer: ISSUER, demoMode: true, resources: [RESOURCE] },
    { onEvent },
  );
  const rs = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, oauthStrict: true },
    { fetch: networkOf({ [ISSUER]: as }), onEvent },
  );
  closing.push(rs.close, as.close);
  const network = networkOf({ [ISSUER]: as, 'http://localhost:8001': rs });
  return { network, events };
}

/** A client that forgets what it is told to be invalid, as the SDK asks of its providers. */
function forgettingProvider(client: OAuthClientInformationMixed) {
  const kept = inMemoryProvider<OAuthClientInformationMixed, OAuthTokens, OAuthDiscoveryState>(client);
  const forgotten = { client: false, tokens: false };
  return {
    ...kept,
    clientInformation: () => (forgotten.client ? undefined : kept.clientInformation()),
    tokens: () => (forgotten.tokens ? undefined : kept.tokens()),
    saveClientInformation: (client: OAuthClientInformationMixed) => {
      forgotten.client = false;
      kept.saveClientInformation(client);
    },
    saveTokens: (tokens: OAuthTokens) => {
      forgotten.tokens = false;
      kept.saveTokens(tokens);
    },
    invalidateCredentials: (scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery') => {
      if (scope === 'all' || scope === 'client') forgotten.client = true;
      if (scope === 'all' || scope === 'tokens') forgotten.tokens = true;
    },
  };
}

describe('a client of the SDK whose registration is deleted while it is connected', () => {
  it('is answered 401 by the MCP server, registers again by itself, and works on', async () => {
    const { network, events } = createPair();
    // The SDK keeps only what it knows of the answer to a registration, so the app registers.
    const { redirect_uris, grant_types, token_endpoint_auth_method } = inMemoryProvider().clientMetadata;
    const registration = await network(`${ISSUER}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris, grant_types, token_endpoint_auth_method }),
    });
    const { client_id, registration_client_uri, registration_access_token } =
      (await registration.json()) as Record<
        'client_id' | 'registration_client_uri' | 'registration_access_token',
        string
      >;
    const authProvider = forgettingProvider({ client_id });
    const connect = async () => {
      const transport = () =>
        new StreamableHTTPClientTransport(new URL(RESOURCE), { authProvider, fetch: network });
      const client = new Client({ name: 'deleted', version: '1' });
      closing.push(() => client.close());
      const first = transport();
      try {
        await client.connect(first);
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error;
        const redirect = await signIn(authProvider.authorizationUrl(), network);
        await first.finishAuth(redirect.searchParams.get('code')!);
        await client.connect(transport());
      }
      return client;
    };
    const client = await connect();
    expect((await client.listTools()).tools).toHaveLength(1);

    const authorization = `Bearer ${registration_access_token}`;
    const deleted = await network(registration_client_uri, {
      method: 'DELETE',
      headers: { authorization },
    });
    expect(deleted.status).toBe(204);

    const stale = await network(RESOURCE, {
      method: 'POST',
      headers: { authorization: `Bearer ${authProvider.tokens()?.access_token}` },
    });
    expect(stale.status).toBe(401);
    expect(stale.headers.get('www-authenticate')).toContain('error="invalid_token"');

    await expect(client.listTools()).rejects.toThrow(UnauthorizedError);
    const registered = events.filter(({ kind }) => kind === 'client.registered');
    expect(registered).toHaveLength(2);
    expect(authProvider.authorizationUrl().searchParams.get('client_id')).not.toBe(client_id);
    expect((await (await connect()).listTools()).tools).toHaveLength(1);
    expect(events.some(({ kind }) => kind === 'client.adopted')).toBe(false);
  });
});
