import { Parser } from '@oclif/core';
import { CompactEncrypt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { resourceServerOptions } from '../../src/cli/flags/resource-server-flags.js';
import Rs from '../../src/commands/rs.js';
import { createResourceServer } from '../../src/rs/index.js';
import type { EmittedEvent } from '../../src/shared/events/events.js';
import type { ReasonCode } from '../../src/shared/oauth/reason-codes.js';
import { fences, readPage } from '../docs/fences.js';
import { INITIALIZE, NOW } from './support.js';

/**
 * Tokens and metadata in the shape that products document, made here with keys of our own, against the command lines
 * that the pages of these products give. The products themselves are not run.
 */
const RESOURCE = 'https://mcp.example.com/mcp';
const MINUTES = 60;

/** What is different in a case from the documented token, and from what the page says to run. */
interface Case {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** what the token is made with instead of the issuer's key */
  readonly made?: 'with a secret' | 'with a key that is not published' | 'encrypted' | 'tampered with';
  /** which command of the page; the first one unless said otherwise */
  readonly command?: number;
  readonly without?: readonly string[];
  readonly authServer?: string;
  /** members of the metadata that are different */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** what the introspection endpoint answers */
  readonly introspection?: { readonly status: number; readonly body: unknown };
}

interface Product {
  readonly page: string;
  readonly issuer: string;
  /** the path of the one document that there is */
  readonly metadataAt: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** members of a published key that are peculiar */
  readonly key: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** variants of the documented token that are good, each with the command that is for it */
  readonly good: Readonly<Record<string, Case>>;
  /** for each line that the page says may be told at the start, a case that leads there */
  readonly atStart: Readonly<Record<string, Case>>;
  /** for each row of the page's table, a case that leads there */
  readonly refused: Readonly<Partial<Record<ReasonCode, Case>>>;
}

const KEYCLOAK: Product = {
  page: 'docs/keycloak.md',
  issuer: 'https://keycloak.example.com/realms/demo',
  metadataAt: '/.well-known/oauth-authorization-server/realms/demo',
  metadata: {
    introspection_endpoint:
      'https://keycloak.example.com/realms/demo/protocol/openid-connect/token/introspect',
    jwks_uri: 'https://keycloak.example.com/realms/demo/protocol/openid-connect/certs',
  },
  key: { alg: 'RS256', use: 'sig', x5c: ['MIIC'], x5t: 'thumbprint' },
  header: { typ: 'JWT' },
  claims: {
    exp: NOW + 5 * MINUTES,
    iat: NOW,
    auth_time: NOW,
    jti: 'onrtac:0d3bd7a0-6f0e-4a52-a3f1-4c3d4b3e2f9c',
    iss: 'https://keycloak.example.com/realms/demo',
    aud: [RESOURCE, 'account'],
    sub: '36fa0f91-f94d-4a0c-afed-6b7d952e47da',
    typ: 'Bearer',
    azp: 'an-mcp-client',
    sid: '2a88c258-f73a-4103-b862-e1fbd8f4e04e',
    acr: '1',
    'allowed-origins': ['http://localhost:6274'],
    realm_access: { roles: ['offline_access', 'default-roles-demo'] },
    resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
    scope: 'user profile email',
    preferred_username: 'alice',
  },
  good: {
    'of a client without at+jwt': {},
    'of a client with at+jwt': { header: { typ: 'at+jwt' }, without: ['--accept-typ'] },
    'for one audience': { claims: { aud: RESOURCE } },
    'by introspection': { command: 1 },
  },
  atStart: {
    'is of the issuer': { metadata: { issuer: 'https://id.example.com/realms/demo' } },
    'answered 404': { authServer: 'https://keycloak.example.com' },
  },
  refused: {
    audience_mismatch: { claims: { aud: 'account' } },
    scope_missing: { claims: { scope: 'profile email' } },
    token_type_wrong: { without: ['--accept-typ'] },
    issuer_mismatch: { claims: { iss: 'http://keycloak:8080/realms/demo' } },
    token_expired: { claims: { exp: NOW - 5 * MINUTES } },
    token_algorithm_not_allowed: { made: 'with a secret' },
    token_key_unknown: { made: 'with a key that is not published' },
    not_a_bearer_token: { claims: { cnf: { jkt: 'thumbprint-of-a-key' } } },
    token_inactive: { command: 1, introspection: { status: 200, body: { active: false } } },
    introspection_credentials_refused: {
      command: 1,
      introspection: {
        status: 401,
        body: { error: 'invalid_request', error_description: 'Client not allowed.' },
      },
    },
  },
};

const AUTH0: Product = {
  page: 'docs/auth0.md',
  issuer: 'https://example.eu.auth0.com/',
  metadataAt: '/.well-known/openid-configuration',
  metadata: { jwks_uri: 'https://example.eu.auth0.com/.well-known/jwks.json' },
  key: { alg: 'RS256', use: 'sig', x5c: ['MIIC'], x5t: 'thumbprint' },
  header: { typ: 'at+jwt' },
  claims: {
    iss: 'https://example.eu.auth0.com/',
    sub: 'auth0|123456',
    aud: [RESOURCE, 'https://example.eu.auth0.com/userinfo'],
    client_id: 'tpc_an-mcp-client',
    exp: NOW + 24 * 60 * MINUTES,
    iat: NOW,
    jti: '73WakrfVbNJBaAmhQtEeDv',
    scope: 'openid profile user',
  },
  good: {
    'of the profile RFC 9068': {},
    'of the profile Auth0, for an API with another identifier': {
      command: 1,
      header: { typ: 'JWT' },
      claims: {
        aud: ['https://api.example.com', 'https://example.eu.auth0.com/userinfo'],
        client_id: undefined,
        jti: undefined,
        azp: 'an-mcp-client',
      },
    },
    'for one audience': { claims: { aud: RESOURCE, scope: 'user' } },
    'where the slash is left out': { authServer: 'https://example.eu.auth0.com' },
  },
  atStart: {
    'is of the issuer': { metadata: { issuer: 'https://login.example.com/' } },
    'answered 404': { authServer: 'https://example.us.auth0.com' },
    'names no introspection_endpoint': { without: ['--verify'] },
  },
  refused: {
    token_is_encrypted: { made: 'encrypted' },
    audience_mismatch: { claims: { aud: 'https://api.example.com' } },
    token_type_wrong: { header: { typ: 'JWT' } },
    token_algorithm_not_allowed: { made: 'with a secret' },
    scope_missing: { claims: { scope: 'openid profile', permissions: ['user'] } },
    issuer_mismatch: { claims: { iss: 'https://login.example.com/' } },
    introspection_endpoint_missing: { without: ['--verify'] },
    token_key_unknown: { made: 'with a key that is not published' },
  },
};

const TENANT = 'aaaabbbb-0000-cccc-1111-dddd2222eeee';
const ENTRA: Product = {
  page: 'docs/entra.md',
  issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  metadataAt: `/${TENANT}/v2.0/.well-known/openid-configuration`,
  metadata: { jwks_uri: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys` },
  // These keys name no algorithm, and say whose they are.
  key: {
    use: 'sig',
    x5c: ['MIID'],
    x5t: 'thumbprint',
    issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
  },
  header: { typ: 'JWT' },
  claims: {
    aud: '00001111-aaaa-2222-bbbb-3333cccc4444',
    iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    iat: NOW,
    nbf: NOW,
    exp: NOW + 75 * MINUTES,
    aio: 'AXQAi/8IAAAAtAaZLo3ChMif6KOnttRB7eBq4',
    azp: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
    azpacr: '0',
    name: 'Alice',
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    preferred_username: 'alice@example.com',
    rh: 'I',
    scp: 'user',
    sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
    tid: TENANT,
    uti: 'fqiBqXLPj0eQa82S-IYFAA',
    ver: '2.0',
  },
  good: { 'of version 2': {}, 'with other scopes beside it': { claims: { scp: 'mail user' } } },
  atStart: {
    'is of the issuer': { metadata: { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' } },
    'answered 404': {
      authServer: 'https://login.microsoftonline.com/99990000-ffff-1111-aaaa-222222222222/v2.0',
    },
    'names no introspection_endpoint': { without: ['--verify', '--accept-typ'] },
  },
  refused: {
    issuer_mismatch: { claims: { iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0', appid: 'a-client' } },
    audience_mismatch: { claims: { aud: '00000003-0000-0000-c000-000000000000' } },
    token_signature_invalid: { header: { nonce: 'hashed-before-it-was-signed' }, made: 'tampered with' },
    scope_missing: { claims: { scp: undefined, roles: ['user'], idtyp: 'app' } },
    token_type_wrong: { without: ['--accept-typ'] },
    introspection_endpoint_missing: { without: ['--verify', '--accept-typ'] },
    not_a_bearer_token: { claims: { cnf: { kid: 'a-device' } } },
    token_expired: { claims: { exp: NOW - 5 * MINUTES } },
  },
};

const KID = 'the-published-key';
type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
let published: { readonly privateKey: PrivateKey; readonly jwk: JWK };
let unpublished: PrivateKey;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  published = { privateKey, jwk: await exportJWK(publicKey) };
  unpublished = (await generateKeyPair('RS256')).privateKey;
});

/** The commands of a page, as arguments of `rs`. */
function commandsOf(page: string): readonly (readonly string[])[] {
  const texts = fences().filter((fence) => fence.page === page && fence.language === 'sh');
  return texts.map(({ text }) =>
    text.replaceAll('\\\n', ' ').trim().split(/\s+/).slice('npx mcp-oauth-demo rs'.split(' ').length),
  );
}

/** Arguments without some flags and their values. */
function without(args: readonly string[], flags: readonly string[]): readonly string[] {
  return args.filter((arg, at) => {
    const named = (value: string | undefined) => flags.includes(value?.split('=')[0] ?? '');
    return !named(arg) && !(named(args[at - 1]) && !args[at - 1]!.includes('='));
  });
}

/** The options that a command line comes to, by the command's own parser. */
async function optionsOf(args: readonly string[]) {
  const { flags } = await Parser.parse([...args], { flags: Rs.flags, strict: true });
  return resourceServerOptions(flags, flags['public-url']!);
}

/** The documented token, with what is different in a case. */
async function tokenOf(product: Product, { header, claims, made }: Case): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...product.claims, ...claims })) as Record<string, unknown>;
  const protectedHeader = { alg: 'RS256', kid: KID, ...product.header, ...header };
  if (made === 'encrypted') {
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', iss: product.issuer })
      .encrypt(new Uint8Array(32));
  }
  const jwt = new SignJWT(payload);
  if (made === 'with a secret') {
    return jwt.setProtectedHeader({ ...protectedHeader, alg: 'HS256' }).sign(new Uint8Array(32));
  }
  if (made === 'with a key that is not published') {
    return jwt.setProtectedHeader({ ...protectedHeader, kid: 'another-key' }).sign(unpublished);
  }
  const signed = await jwt.setProtectedHeader(protectedHeader).sign(published.privateKey);
  if (made !== 'tampered with') return signed;
  const [, ...rest] = signed.split('.');
  return [
    Buffer.from(JSON.stringify({ ...protectedHeader, nonce: 'another' })).toString('base64url'),
    ...rest,
  ].join('.');
}

/** The product as far as a resource server sees it. */
function network({ issuer, metadataAt, metadata, key, claims }: Product, difference: Case) {
  const document = { issuer, ...metadata, ...difference.metadata };
  return async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { url } = new Request(input, init);
    if (url === new URL(metadataAt, issuer).href) return Response.json(document);
    if (url === metadata['jwks_uri']) {
      return Response.json({ keys: [{ ...published.jwk, kid: KID, ...key }] });
    }
    if (url !== metadata['introspection_endpoint']) return new Response(null, { status: 404 });
    const { status, body } = difference.introspection ?? {
      status: 200,
      body: { ...claims, client_id: claims['azp'], username: 'alice', token_type: 'Bearer', active: true },
    };
    return Response.json(body, { status });
  };
}

/** A server by a command of the page, and what it tells. */
async function serverFor(product: Product, difference: Case) {
  const command = commandsOf(product.page)[difference.command ?? 0]!;
  const other = difference.authServer === undefined ? [] : ['--auth-server', difference.authServer];
  const left = without(command, [...(difference.without ?? []), ...other.slice(0, 1)]);
  const options = await optionsOf([...left, ...other]);
  // Where --verify is left out it is by introspection, which needs credentials.
  const authServers = options.authServers.map((server) => ({
    ...server,
    introspectionCredentials: server.introspectionCredentials ?? { id: 'any', secret: 'any' },
  }));
  const events: EmittedEvent[] = [];
  const rs = createResourceServer(
    { ...options, authServers },
    {
      clock: { now: () => NOW },
      fetch: network(product, difference),
      onEvent: (event) => events.push(event),
    },
  );
  return { rs, events };
}

/** What a server by a command of the page answers to the documented token. */
async function present(product: Product, difference: Case) {
  const { rs, events } = await serverFor(product, difference);
  const headers = {
    authorization: `Bearer ${await tokenOf(product, difference)}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const response = await rs.fetch(
    new Request(RESOURCE, { method: 'POST', headers, body: JSON.stringify(INITIALIZE) }),
  );
  // Until the answer is read the server waits with its end.
  await response.text();
  await rs.close();
  return {
    status: response.status,
    reason: events.find((event) => event.kind === 'bearer.challenged')?.reason,
  };
}

/** The reasons in the first column of the page's table. */
function reasonsOn(page: string): readonly string[] {
  const section = readPage(page).split('## What the log says')[1]!.split(/^## /m)[0]!;
  return [...section.matchAll(/^\| `([a-z_]+)` /gm)].map(([, reason]) => reason!);
}

describe.each([KEYCLOAK, AUTH0, ENTRA])('what $page says to run', (product) => {
  it.each(Object.entries(product.good))('accepts a token %s', async (_what, difference) => {
    expect(await present(product, difference)).toMatchObject({ status: 200, reason: undefined });
  });

  it('names the issuer as the product spells it, and the URL of the MCP endpoint', async () => {
    const { rs } = await serverFor(product, {});
    const url = new URL('/.well-known/oauth-protected-resource/mcp', RESOURCE);
    expect(await (await rs.fetch(new Request(url))).json()).toMatchObject({
      resource: RESOURCE,
      authorization_servers: [product.issuer],
    });
  });

  it.each(Object.entries(product.atStart))('tells at the start: %s', async (line, difference) => {
    const { rs, events } = await serverFor(product, difference);
    expect(await rs.ready()).toBe(false);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'as.unreachable', detail: expect.stringContaining(line) }),
    );
    expect(readPage(product.page)).toContain(`\`${line}\``);
  });

  it.each(Object.entries(product.refused))(
    'refuses with the reason %s what its table says',
    async (reason, difference) => {
      const answer = await present(product, difference);
      expect(answer).toMatchObject({ reason });
      expect(answer.status).toBeGreaterThanOrEqual(401);
    },
  );

  it('has a table of these reasons, and of no others', () => {
    expect([...reasonsOn(product.page)].sort()).toEqual(Object.keys(product.refused).sort());
  });
});
