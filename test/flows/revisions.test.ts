import { describe, expect, it } from 'vitest';
import type { FlowPlanOptions } from '../../src/flows/index.js';
import { REVISION_RULES } from '../../src/flows/specification/revisions.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { MCP_REVISIONS } from '../../src/shared/oauth/revisions.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  CODE,
  createForeignPair,
  inspect,
  json,
  legacyMcp,
  modernMcp,
  protectedMcp,
  RESOURCE_METADATA,
  type Routes,
  TOKEN_RESPONSE,
} from './support.js';

type Revision = NonNullable<FlowPlanOptions['revision']>;

const MCP = 'POST mcp.example/mcp';
const RS_METADATA = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';
const BASE = 'https://mcp.example';
const BASE_METADATA = 'GET mcp.example/.well-known/oauth-authorization-server';

/** A session server that speaks the revision that it is asked for. */
function sessionMcp(spoken?: unknown): (request: Request) => Promise<Response> {
  const inner = legacyMcp();
  return async (request) => {
    const { id, method, params } = (await request.clone().json()) as {
      id?: number;
      method: string;
      params?: { protocolVersion?: string };
    };
    if (method !== 'initialize') return inner(request);
    const result = { protocolVersion: spoken ?? params?.protocolVersion };
    return Response.json(
      { jsonrpc: '2.0', id, result },
      { headers: { 'mcp-session-id': 'session-0123456789abcdef0123' } },
    );
  };
}

/** A server from before protected resource metadata: it is its own authorization server, at its origin. */
function combined(changes: Routes = {}): Routes {
  return {
    [MCP]: protectedMcp(sessionMcp('2025-03-26'), 'Bearer'),
    [RS_METADATA]: undefined,
    'POST mcp.example/register': json(
      { client_id: 'registered-here', token_endpoint_auth_method: 'none' },
      { status: 201, headers: { 'cache-control': 'no-store' } },
    ),
    'GET mcp.example/authorize': (request) => {
      const { searchParams } = new URL(request.url);
      const back = new URL(searchParams.get('redirect_uri')!);
      back.searchParams.set('code', CODE);
      back.searchParams.set('state', searchParams.get('state')!);
      return Response.redirect(back.href, 302);
    },
    'POST mcp.example/token': json(TOKEN_RESPONSE, { headers: { 'cache-control': 'no-store' } }),
    ...changes,
  };
}

const BASE_DOCUMENT = {
  issuer: BASE,
  authorization_endpoint: `${BASE}/authorize`,
  token_endpoint: `${BASE}/token`,
  registration_endpoint: `${BASE}/register`,
  response_types_supported: ['code'],
  token_endpoint_auth_methods_supported: ['none'],
};

describe('a server without protected resource metadata', () => {
  it('is met with the metadata at its origin, and the missing document stays a broken MUST', async () => {
    const pair = createForeignPair(combined({ [BASE_METADATA]: json(BASE_DOCUMENT) }));
    const { document, check } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(check('rs.resource-metadata-found')).toBe('fail');
    expect(check('as.pkce-s256')).toBe('fail');
    expect(document.registration.client_id).toBe('registered-here');
    expect(document.decisions).toContainEqual(
      expect.objectContaining({
        step: 'resource-metadata',
        what: expect.stringContaining('by the rules of MCP 2025-03-26'),
        spec: expect.objectContaining({
          url: 'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#authorization-base-url',
        }),
      }),
    );
    expect(document.steps.find(({ id }) => id === 'resource-metadata')).toMatchObject({ outcome: 'done' });
  });

  it('is met at the default endpoints where it has no metadata at all', async () => {
    const pair = createForeignPair(combined());
    const { document, check } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(check('as.metadata-found')).toBe('fail');
    for (const request of [
      `GET ${BASE}/.well-known/oauth-authorization-server`,
      `POST ${BASE}/register`,
      `POST ${BASE}/token`,
    ]) {
      expect(pair.requests).toContain(request);
    }
    expect(pair.requests.some((request) => request.includes('openid-configuration'))).toBe(false);
  });

  it('is not told a resource, which its revision does not know', async () => {
    const pair = createForeignPair(combined());
    await inspect(pair.fetch);
    expect(pair.authorization().has('resource')).toBe(false);
    expect(pair.authorization().get('code_challenge_method')).toBe('S256');
    expect(pair.token().has('resource')).toBe(false);
    expect(pair.registration()).not.toHaveProperty('application_type');
  });

  it('is told the revision in the request for its metadata', async () => {
    let version: string | null = null;
    const pair = createForeignPair(
      combined({
        [BASE_METADATA]: (request) => {
          version = request.headers.get('mcp-protocol-version');
          return Response.json(BASE_DOCUMENT);
        },
      }),
    );
    await inspect(pair.fetch);
    expect(version).toBe('2025-03-26');
  });

  it.each(['2025-06-18', '2025-11-25', '2026-07-28'] as const)(
    'fails where %s is asked for',
    async (revision) => {
      const pair = createForeignPair(combined({ [BASE_METADATA]: json(BASE_DOCUMENT) }));
      const { failed } = await inspect(pair.fetch, { revision });
      expect(failed).toMatchObject({ id: 'resource-metadata' });
      expect(pair.requests).not.toContain(`GET ${BASE}/.well-known/oauth-authorization-server`);
    },
  );

  it.each([
    ['names it in the challenge', { [MCP]: protectedMcp(modernMcp) }],
    ['answers 503 for it', { [RS_METADATA]: () => new Response(null, { status: 503 }) }],
    ['serves a broken one', { [RS_METADATA]: json({ resource: 7 }) }],
  ])('but that %s is not taken for an older one', async (_what, routes) => {
    const pair = createForeignPair(combined({ [BASE_METADATA]: json(BASE_DOCUMENT), ...routes }));
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'resource-metadata' });
    expect(pair.requests.some((request) => request.includes('oauth-authorization-server'))).toBe(false);
  });

  it.each([
    ['of another issuer', json({ ...BASE_DOCUMENT, issuer: 'https://as.example' }), /looked for/],
    ['that is broken', () => new Response('<p>', { headers: { 'content-type': 'text/html' } }), /not JSON/],
    ['that can not be served now', () => new Response(null, { status: 500 }), /500/],
  ])('with metadata at its origin %s is not met at the default endpoints', async (_what, answer, reason) => {
    const pair = createForeignPair(combined({ [BASE_METADATA]: answer }));
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({
      id: 'authorization-server-metadata',
      reason: expect.stringMatching(reason),
    });
    expect(pair.requests).not.toContain(`POST ${BASE}/register`);
  });

  it('may end its issuer with the slash that its origin lacks', async () => {
    const document = json({ ...BASE_DOCUMENT, issuer: `${BASE}/` });
    const pair = createForeignPair(combined({ [BASE_METADATA]: document }));
    expect((await inspect(pair.fetch)).document.outcome).toBe('completed');
  });
});

describe('with --revision 2025-03-26', () => {
  it('resource metadata is neither read nor missed, even where there is some', async () => {
    const pair = createForeignPair({
      ...combined({ [BASE_METADATA]: json(BASE_DOCUMENT) }),
      [RS_METADATA]: json(RESOURCE_METADATA),
      [MCP]: protectedMcp(sessionMcp()),
    });
    const { document, check } = await inspect(pair.fetch, { revision: '2025-03-26' });
    expect(document).toMatchObject({ outcome: 'completed', revision: '2025-03-26' });
    expect(check('rs.resource-metadata-found')).toBeUndefined();
    expect(check('as.pkce-s256')).toBe('skip');
    expect(pair.requests.some((request) => request.includes('oauth-protected-resource'))).toBe(false);
    expect(pair.requests.some((request) => request.includes('as.example'))).toBe(false);
  });

  it('missing authorization server metadata is a broken SHOULD', async () => {
    const { document, check } = await inspect(createForeignPair(combined()).fetch, {
      revision: '2025-03-26',
    });
    expect(document.outcome).toBe('completed');
    expect(check('as.metadata-found')).toBe('warn');
  });

  it('no header names the revision after initialize', async () => {
    const versions: (string | null)[] = [];
    const inner = protectedMcp(sessionMcp(), 'Bearer');
    const pair = createForeignPair(
      combined({
        [MCP]: (request) => {
          versions.push(request.headers.get('mcp-protocol-version'));
          return typeof inner === 'function' ? inner(request) : inner;
        },
      }),
    );
    await inspect(pair.fetch, { revision: '2025-03-26' });
    expect(versions.length).toBeGreaterThan(3);
    expect(versions.every((version) => version === null)).toBe(true);
  });
});

describe('the revision that is asked for', () => {
  it.each(['2025-06-18', '2025-11-25'] as const)('%s opens with initialize', async (revision) => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp()) });
    const { document } = await inspect(pair.fetch, { revision });
    expect(document).toMatchObject({ outcome: 'completed', revision });
    const first = document.exchanges[0]!.request.body;
    expect(first).toMatchObject({ method: 'initialize', params: { protocolVersion: revision } });
  });

  it('ends the flow where the server answers with another one', async () => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp('2025-06-18')) });
    const { failed } = await inspect(pair.fetch, { revision: '2025-11-25' });
    expect(failed).toMatchObject({
      id: 'mcp-call',
      reason: expect.stringMatching(/2025-06-18.*--revision asks for 2025-11-25/),
    });
  });

  it('2026-07-28 ends at a server that only knows initialize', async () => {
    const pair = createForeignPair({ [MCP]: protectedMcp(legacyMcp()) });
    const { failed, document } = await inspect(pair.fetch, { revision: '2026-07-28' });
    expect(failed).toMatchObject({
      id: 'mcp-call',
      reason: expect.stringContaining('does not speak MCP 2026-07-28'),
    });
    expect(JSON.stringify(document.exchanges)).not.toContain('"initialize"');
  });

  it('2026-07-28 is spoken with a server of both eras', async () => {
    const { document } = await inspect(createForeignPair().fetch, { revision: '2026-07-28' });
    expect(document).toMatchObject({ outcome: 'completed', revision: '2026-07-28' });
  });

  it('decides where the rules are linked', async () => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp()) });
    const { document } = await inspect(pair.fetch, { revision: '2025-06-18' });
    const mcp = [...document.decisions, ...document.checks]
      .map(({ spec }) => spec.url)
      .filter((url) => url.includes('modelcontextprotocol.io'));
    expect(mcp.length).toBeGreaterThan(5);
    expect(document.decisions.find(({ what }) => what.startsWith('Names the resource'))?.spec).toEqual({
      title: 'MCP 2025-06-18, resource parameter',
      url: 'https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization#resource-parameter-implementation',
    });
  });

  it('is one that exists', async () => {
    const revision = '2024-11-05' as Revision;
    await expect(inspect(createForeignPair().fetch, { revision })).rejects.toMatchObject({
      option: 'revision',
    });
  });
});

describe('what differs by revision', () => {
  const WITHOUT_PKCE = json({ ...AS_METADATA, code_challenge_methods_supported: undefined });

  it.each([
    ['2025-06-18', 'completed', 'skip'],
    ['2025-11-25', 'failed', 'fail'],
  ] as const)('%s and PKCE that is not advertised: %s', async (revision, outcome, status) => {
    const pair = createForeignPair({ [AS_ROUTE]: WITHOUT_PKCE, [MCP]: protectedMcp(sessionMcp()) });
    const { document, check } = await inspect(pair.fetch, { revision });
    expect(document.outcome).toBe(outcome);
    expect(check('as.pkce-s256')).toBe(status);
  });

  it.each([
    ['2025-06-18', false],
    ['2025-11-25', true],
  ] as const)('%s looks for OpenID Connect metadata: %s', async (revision, looks) => {
    const pair = createForeignPair({ [AS_ROUTE]: undefined });
    await inspect(pair.fetch, { revision });
    expect(pair.requests.some((request) => request.includes('openid-configuration'))).toBe(looks);
  });

  it.each([
    ['2025-06-18', 'fail'],
    ['2025-11-25', 'warn'],
  ] as const)('%s and a challenge without resource_metadata: %s', async (revision, status) => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp(), 'Bearer') });
    const { check } = await inspect(pair.fetch, { revision });
    expect(check('rs.challenge-resource-metadata')).toBe(status);
  });

  it.each([
    ['2025-06-18', null],
    ['2025-11-25', 'notes.read notes.list'],
  ] as const)('%s and a challenge without scope: asks for %s', async (revision, scope) => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp(), 'Bearer') });
    await inspect(pair.fetch, { revision });
    expect(pair.authorization().get('scope')).toBe(scope);
  });

  it.each([
    ['2025-11-25', undefined],
    ['2026-07-28', 'native'],
  ] as const)('%s registers with application_type %s', async (revision, type) => {
    const inner = revision === '2026-07-28' ? modernMcp : sessionMcp();
    const pair = createForeignPair({ [MCP]: protectedMcp(inner) });
    await inspect(pair.fetch, { revision });
    expect(pair.registration()['application_type']).toBe(type);
  });

  it.each([
    ['2025-06-18', 'dcr', false],
    ['2025-11-25', 'cimd', true],
  ] as const)(
    '%s and an authorization server that takes metadata documents: %s',
    async (revision, chosen, possible) => {
      const clientMetadataUrl = 'https://client.example/metadata.json';
      const pair = createForeignPair({
        [AS_ROUTE]: json({ ...AS_METADATA, client_id_metadata_document_supported: true }),
        [MCP]: protectedMcp(sessionMcp()),
      });
      const { document } = await inspect(pair.fetch, { revision, clientMetadataUrl });
      expect(document.registration.chosen).toBe(chosen);
      expect(document.registration.precedence.find(({ way }) => way === 'cimd')?.possible).toBe(possible);
    },
  );

  it.each([
    ['2025-11-25', 'completed'],
    ['2026-07-28', 'failed'],
  ] as const)('%s and an answer without the announced iss: %s', async (revision, outcome) => {
    const inner = revision === '2026-07-28' ? modernMcp : sessionMcp();
    const pair = createForeignPair({
      [MCP]: protectedMcp(inner),
      'GET as.example/authorize': (request) => {
        const { searchParams } = new URL(request.url);
        const back = new URL(searchParams.get('redirect_uri')!);
        back.searchParams.set('code', CODE);
        back.searchParams.set('state', searchParams.get('state')!);
        return Response.redirect(back.href, 302);
      },
    });
    expect((await inspect(pair.fetch, { revision })).document.outcome).toBe(outcome);
  });
});

describe('the rules that checks hold a server against', () => {
  it.each([
    ['2025-03-26', 'rs.challenge-metadata-url', 'no-rule'],
    ['2025-03-26', 'rs.resource-match', 'no-rule'],
    ['2025-03-26', 'as.metadata-found', 'SHOULD'],
    ['2025-03-26', 'as.refresh-rotates', 'SHOULD'],
    ['2025-06-18', 'rs.resource-match', undefined],
    ['2025-06-18', 'as.refresh-rotates', undefined],
    ['2025-06-18', 'rs.challenge-resource-metadata', 'MUST'],
    ['2025-06-18', 'as.cimd-advertised', 'no-rule'],
    ['2025-06-18', 'rs.insufficient-scope-named', 'no-rule'],
    ['2025-06-18', 'as.pkce-s256', 'no-rule'],
    ['2025-11-25', 'as.pkce-s256', undefined],
    ['2025-11-25', 'as.cimd-advertised', undefined],
    ['2025-11-25', 'as.iss-advertised', 'no-rule'],
    ['2026-07-28', 'as.iss-advertised', undefined],
  ] as const)('of %s: %s is %s', (revision, id, level) => {
    expect(REVISION_RULES[revision].checks[id]).toBe(level);
  });

  it('grow from one revision to the next', () => {
    const missing = MCP_REVISIONS.map((revision) =>
      Object.entries(REVISION_RULES[revision].checks).flatMap(([id, level]) =>
        level === 'no-rule' ? [id] : [],
      ),
    );
    for (const [at, ids] of missing.slice(1).entries()) {
      expect(ids.filter((id) => !missing[at]?.includes(id))).toEqual([]);
      expect(ids.length).toBeLessThan(missing[at]?.length ?? 0);
    }
  });
});

describe('an answer to initialize', () => {
  it.each([
    ['a revision that nobody knows', '2031-01-01', /"2031-01-01", which this client does not know/],
    ['an escape sequence', '\u001b[2J', /does not know/],
    ['no text', 7, /without a protocolVersion/],
  ])('with %s ends the flow', async (_what, spoken, reason) => {
    const pair = createForeignPair({ [MCP]: protectedMcp(sessionMcp(spoken)) });
    const { failed } = await inspect(pair.fetch);
    expect(failed).toMatchObject({ id: 'mcp-call', reason: expect.stringMatching(reason) });
  });

  it('with a session id that no header can carry back ends the flow', async () => {
    const pair = createForeignPair({ [MCP]: protectedMcp(legacyMcp('séance')) });
    const { failed } = await inspect(pair.fetch);
    expect(failed?.reason).toContain('Mcp-Session-Id');
  });
});

it('an origin that nobody answers for is not asked for metadata', async () => {
  const network = networkOf({
    [BASE]: {
      fetch: async (request) =>
        new Response(null, { status: new URL(request.url).pathname === '/mcp' ? 401 : 404 }),
    },
  });
  const { document } = await inspect(network);
  expect(document.exchanges.every(({ request }) => request.url.startsWith(`${BASE}/`))).toBe(true);
  expect(JSON.stringify(document)).not.toContain(ACCESS_TOKEN);
});
