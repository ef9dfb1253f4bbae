import {
  Client,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResourceServer } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import { expectTimeInTokyo } from '../interop/support/get-time.js';
import { inMemoryProvider } from '../interop/support/in-memory-provider.js';
import { installedPackage } from '../interop/support/packages.js';
import { INITIALIZE, mcpRequest, RESOURCE } from '../rs/support.js';
import { type Listening, listening, postMcp, start } from '../support/cli.js';
import {
  type OidcProvider,
  RS_CREDENTIALS,
  signInAtOidcProvider,
  startOidcProvider,
  USER,
} from '../support/oidc-provider.js';

const NAME = installedPackage('oidc-provider');
const ends: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function serve(...provider: Parameters<typeof startOidcProvider>): Promise<OidcProvider> {
  const started = await startOidcProvider(...provider);
  ends.push(() => started.close());
  return started;
}

/** The MCP server, as its command starts it. */
async function protect(issuer: string, ...flags: readonly string[]): Promise<Listening> {
  const args = [
    'rs',
    '--port',
    '0',
    '--log-format',
    'json',
    '--oauth-strict',
    '--auth-server',
    issuer,
    ...flags,
  ];
  const started = await listening(start(args));
  ends.push(() => started.stop());
  return started;
}

/** Calls the tool with a token, as a client of that era does. */
async function callGetTime(
  { resource }: Listening,
  token: string,
  mode: 'legacy' | { pin: string },
): Promise<unknown> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(resource), { requestInit }));
  try {
    return await client.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } });
  } finally {
    await client.close();
  }
}

/** How a token was refused: the status, what the client was told, and the reason that the log names. */
async function refusalOf(rs: Listening, token: string) {
  const already = challenges(rs).length;
  const response = await postMcp(rs.resource, token, INITIALIZE);
  await expect.poll(() => challenges(rs).length).toBe(already + 1);
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    reason: challenges(rs).at(-1)!['reason'],
  };
}

const challenges = (rs: Listening) => rs.events().filter(({ kind }) => kind === 'bearer.challenged');

const CREDENTIALS = ['--introspection-credentials', `${RS_CREDENTIALS.id}:${RS_CREDENTIALS.secret}`];

const newProvider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>;

const ERAS = [
  ['2025', 'legacy'],
  ['2026-07-28', { pin: '2026-07-28' }],
] as const;

/** What each way to verify tokens has in common: the format of the tokens that is for it, and the flags. */
const WAYS = [
  ['opaque', CREDENTIALS],
  ['jwt', ['--verify=jwt']],
] as const;

describe.each(WAYS)(`%s tokens of ${NAME}, with %j`, (format, flags) => {
  let as: OidcProvider;
  let rs: Listening;
  beforeAll(async () => {
    as = await serve(format);
    rs = await protect(as.issuer, ...flags);
  });

  it.each(ERAS)('call the tool in the era %s', async (era, mode) => {
    const token = await as.tokenFor({ resource: rs.resource, scope: 'user' });
    expectTimeInTokyo(await callGetTime(rs, token, mode));
    await expect
      .poll(() => rs.events())
      .toContainEqual(expect.objectContaining({ kind: 'mcp.request', era, name: 'get_time', sub: USER }));
  });

  it('are refused if they are for another resource', async () => {
    const token = await as.tokenFor({ resource: `${rs.resource}/other`, scope: 'user' });
    expect(await refusalOf(rs, token)).toEqual({
      status: 401,
      challenge: expect.stringContaining('error="invalid_token"'),
      reason: 'audience_mismatch',
    });
  });

  it('are refused if they lack the scope', async () => {
    const token = await as.tokenFor({ resource: rs.resource, scope: 'profile' });
    expect(await refusalOf(rs, token)).toEqual({
      status: 403,
      challenge: expect.stringMatching(/error="insufficient_scope".* scope="user"/),
      reason: 'scope_missing',
    });
  });
});

describe(`opaque tokens of ${NAME}, with --verify=introspection`, () => {
  it('are refused from the moment of their revocation on, and if it does not know them', async () => {
    const as = await serve('opaque');
    const rs = await protect(as.issuer, ...CREDENTIALS);
    const token = await as.tokenFor({ resource: rs.resource, scope: 'user' });
    expect((await postMcp(rs.resource, token, INITIALIZE)).status).toBe(200);
    await as.revoke(token);
    const refused = { status: 401, reason: 'token_inactive' };
    expect(await refusalOf(rs, token)).toMatchObject(refused);
    expect(await refusalOf(rs, 'a-token-of-somebody-else')).toMatchObject(refused);
  });
});

describe(`JWTs of ${NAME}, with --verify=jwt`, () => {
  it('are verified by its new key after a rotation, and those of the old one no longer', async () => {
    const as = await serve('jwt');
    let milliseconds = 0;
    const events: EmittedEvent[] = [];
    const rs = createResourceServer(
      { resource: RESOURCE, authServers: [{ issuer: as.issuer }], verify: 'jwt', demoMode: true },
      { milliseconds: () => milliseconds, onEvent: (event) => events.push(event) },
    );
    ends.push(() => rs.close());
    const answerTo = async (token: string) =>
      (await rs.fetch(mcpRequest(INITIALIZE, { authorization: `Bearer ${token}` }))).status;

    const old = await as.tokenFor({ resource: RESOURCE, scope: 'user' });
    expect(await answerTo(old)).toBe(200);
    await as.rotateKeys();
    // An unknown key makes the keys be read again, but not within seconds of the last time.
    milliseconds += 60_000;
    expect(await answerTo(await as.tokenFor({ resource: RESOURCE, scope: 'user' }))).toBe(200);
    expect(await answerTo(old)).toBe(401);
    expect(events.find(({ kind }) => kind === 'bearer.challenged')).toMatchObject({
      reason: 'token_key_unknown',
    });
  });
});

describe(`${NAME} with --verify=introspection`, () => {
  it('refuses to look at any JWT, which is a refusal of the token and no outage', async () => {
    const as = await serve('jwt');
    const rs = await protect(as.issuer, ...CREDENTIALS);
    const token = await as.tokenFor({ resource: rs.resource, scope: 'user' });
    expect(await refusalOf(rs, token)).toMatchObject({ status: 401, reason: 'token_not_introspectable' });
    expect(rs.events().map(({ kind }) => kind)).not.toContain('as.unreachable');
  });

  it('needs credentials of a client that may ask', async () => {
    const as = await serve('opaque');
    const rs = await protect(as.issuer, '--introspection-credentials', `${RS_CREDENTIALS.id}:wrong`);
    const token = await as.tokenFor({ resource: rs.resource, scope: 'user' });
    expect(await refusalOf(rs, token)).toMatchObject({
      status: 503,
      reason: 'introspection_credentials_refused',
    });
  });

  it.each(['', '/oidc', '/tenants/one'])(
    'is found below the path "%s", and named as it names itself',
    async (path) => {
      const as = await serve('opaque', path);
      const rs = await protect(`${as.issuer}/`, ...CREDENTIALS);
      const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', rs.resource));
      expect(await metadata.json()).toMatchObject({ authorization_servers: [as.issuer] });
      const token = await as.tokenFor({ resource: rs.resource, scope: 'user' });
      expect((await postMcp(rs.resource, token, INITIALIZE)).status).toBe(200);
    },
  );
});

describe(`a client that knows nothing but the URL of the MCP server, in front of ${NAME}`, () => {
  it.each(ERAS)('finds it, registers there, and calls the tool in the era %s', async (_era, mode) => {
    const as = await serve('opaque', '/oidc');
    const rs = await protect(as.issuer, ...CREDENTIALS);
    const authProvider = newProvider();
    const transport = () => new StreamableHTTPClientTransport(new URL(rs.resource), { authProvider });
    const client = () => new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const first = transport();
    await expect(client().connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
    const redirect = await signInAtOidcProvider(authProvider.authorizationUrl());
    await first.finishAuth(redirect.searchParams);
    const connected = client();
    await connected.connect(transport());
    expectTimeInTokyo(await connected.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } }));
    await connected.close();
    expect(redirect.searchParams.get('iss')).toBe(as.issuer);
  });
});
