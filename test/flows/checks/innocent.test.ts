import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../../src/flows/checks/rules/index.js';
import {
  AS_METADATA,
  CHALLENGE,
  createForeignPair,
  inspect,
  ISSUER,
  json,
  legacyMcp,
  protectedMcp,
  redirectBack,
  RESOURCE_METADATA,
  type Routes,
  TOKEN_RESPONSE,
} from '../support.js';

const MCP = 'POST mcp.example/mcp';
const AS = 'GET as.example/.well-known/oauth-authorization-server';
const OPENID = 'GET as.example/.well-known/openid-configuration';
const AUTHORIZE = 'GET as.example/authorize';
const CLIENT = { clientId: 'service', clientSecret: 'a-secret-0123456789abcdef' } as const;

/** The status of a check, wherever in the flow it came. */
async function statusAt(id: CheckId, routes: Routes, plan: Parameters<typeof inspect>[1] = {}) {
  return (await inspect(createForeignPair(routes).fetch, plan)).check(id);
}

const token = (changes: object): Routes => ({
  'POST as.example/token': json(
    { ...TOKEN_RESPONSE, ...changes },
    { headers: { 'cache-control': 'no-store' } },
  ),
});

describe('no MUST is held against a server that keeps to the text', () => {
  it('where OpenID Connect Discovery does not ask for the algorithms of assertions', async () => {
    const metadata = { ...AS_METADATA, token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] };
    expect(await statusAt('as.token-signing-algs', { [AS]: json(metadata) })).toBe('fail');
    const openid = { [AS]: undefined, [OPENID]: json(metadata) };
    expect(await statusAt('as.token-signing-algs', openid)).toBe('skip');
  });

  it('where a server that nobody signs in at has no authorization endpoint', async () => {
    const metadata = {
      ...AS_METADATA,
      authorization_endpoint: undefined,
      response_types_supported: undefined,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
    const plan = { grant: 'client_credentials', ...CLIENT } as const;
    expect(await statusAt('as.endpoints', { [AS]: json(metadata) }, plan)).toBe('pass');
    expect(await statusAt('as.response-types', { [AS]: json(metadata) }, plan)).toBe('skip');
    const implied = { ...metadata, grant_types_supported: undefined };
    expect(await statusAt('as.endpoints', { [AS]: json(implied) }, plan)).toBe('fail');
  });

  it('where a URL for people has http, and null is no list without elements', async () => {
    const metadata = {
      ...AS_METADATA,
      op_tos_uri: 'http://as.example/terms',
      x_help_uri: 'mailto:a@b.example',
    };
    expect(await statusAt('as.endpoints-https', { [AS]: json(metadata) })).toBe('pass');
    expect(await statusAt('as.metadata-no-empty', { [AS]: json({ ...AS_METADATA, x_more: null }) })).toBe(
      'pass',
    );
  });

  it('where an upstream sends a code of its own back to the authorization server', async () => {
    const redirect = redirectBack({}) as (request: Request) => Response;
    let asked: Request | undefined;
    const routes: Routes = {
      [AUTHORIZE]: (request) => {
        asked = request;
        const location = 'https://mcp.example/upstream?state=of-the-server';
        return new Response(null, { status: 302, headers: { location } });
      },
      'GET mcp.example/upstream': () => {
        const location = `${ISSUER}/upstream-callback?code=of-the-upstream&state=of-the-server`;
        return new Response(null, { status: 302, headers: { location } });
      },
      'GET as.example/upstream-callback': () => redirect(asked!),
    };
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(check('as.redirect-exact')).toBe('pass');
  });

  it('where a redirect has a body in HTML, which nobody sees', async () => {
    const redirect = redirectBack({}) as (request: Request) => Response;
    const routes: Routes = {
      [AUTHORIZE]: (request) => {
        const { headers } = redirect(request);
        headers.set('content-type', 'text/html');
        return new Response('<p>Found', { status: 302, headers });
      },
    };
    expect(await statusAt('as.sign-in-frames', routes)).toBe('skip');
  });

  it('where a notification is answered with an empty 200', async () => {
    const server = legacyMcp('6f9619ff-8b86-4d11-b42d-00c04fc964ff') as (
      request: Request,
    ) => Promise<Response>;
    const routes: Routes = {
      [MCP]: protectedMcp(async (request) => {
        const isNotification = (await request.clone().text()).includes('notifications/');
        return isNotification ? new Response(null) : server(request);
      }),
    };
    expect(await statusAt('rs.mcp-media-type', routes)).toBe('pass');
  });

  it('where a request with a token is forbidden for reasons that nobody tells', async () => {
    const routes = { [MCP]: protectedMcp(() => new Response(null, { status: 403 })) };
    expect(await statusAt('rs.refusal-challenge', routes)).toBe('skip');
    expect(await statusAt('rs.refusal-error', routes)).toBe('warn');
    expect(await statusAt('rs.token-accepted', routes)).toBe('skip');
  });

  it('where the token that is refused is for another resource, by its own word', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokenFor = (aud: string) =>
      token({ access_token: `${part({ alg: 'ES256' })}.${part({ aud })}.c2lnbmF0dXJl` });
    const refusing = {
      [MCP]: () => new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } }),
    };
    expect(await statusAt('rs.token-accepted', { ...refusing, ...tokenFor('https://other.example') })).toBe(
      'skip',
    );
    expect(await statusAt('rs.token-accepted', { ...refusing, ...tokenFor('https://mcp.example/mcp') })).toBe(
      'fail',
    );
  });

  it('where the page of an error has headers for other origins, and the preflight fails', async () => {
    const preflight = (status: number) => ({
      'OPTIONS as.example/authorize': () =>
        new Response(null, { status, headers: { 'access-control-allow-origin': '*' } }),
    });
    expect(await statusAt('as.cors-not-authorization', preflight(404), { crossOrigin: true })).toBe('pass');
    expect(await statusAt('as.cors-not-authorization', preflight(204), { crossOrigin: true })).toBe('fail');
  });

  it.each([
    ['21 characters of base64url, as short ids have', 'V1StGXR8_Z5jdHi6B-myT', 'pass'],
    [
      '20 letters and digits, which a larger alphabet may have given',
      'V1StGXR8vZ5jdHi6BzmyT'.slice(0, 20),
      'pass',
    ],
    ['19 characters of any kind', 'V1StGXR8_Z5jdHi6B-m', 'fail'],
    ['30 digits', '123456789012345678901234567890', 'fail'],
    ['31 hexadecimal digits', '0123456789abcdef0123456789abcde', 'fail'],
    ['a UUID', '6f9619ff-8b86-4d11-b42d-00c04fc964ff', 'pass'],
  ])('for the length of a code: %s', async (_what, code, status) => {
    expect(await statusAt('as.code-entropy', { [AUTHORIZE]: redirectBack({ code }) })).toBe(status);
  });

  it('where a token leaves out scopes that are not for the resource', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const tokenWith = (scope: string) =>
      token({ access_token: `${part({ alg: 'ES256' })}.${part({ scope })}.c2lnbmF0dXJl` });
    const plan = { scope: 'notes.read offline_access' };
    expect(await statusAt('as.token-scope-reported', tokenWith('notes.read'), plan)).toBe('pass');
    expect(await statusAt('as.token-scope-reported', tokenWith('notes.list'), plan)).toBe('fail');
  });

  it('where the endpoint for revocation has no time', async () => {
    const routes = (status: number): Routes => ({
      [AS]: json({ ...AS_METADATA, revocation_endpoint: `${ISSUER}/revoke` }),
      'POST as.example/revoke': () => new Response(null, { status }),
    });
    expect(await statusAt('as.revocation-refresh-token', routes(503), { revoke: true })).toBe('skip');
    expect(await statusAt('as.revocation-refresh-token', routes(404), { revoke: true })).toBe('fail');
  });

  it('where a parameter of the challenge only ends in realm', async () => {
    const header = `${CHALLENGE}, x-realm=notes`;
    expect(await statusAt('rs.challenge-realm-quoted', { [MCP]: protectedMcp(legacyMcp(), header) })).toBe(
      'skip',
    );
  });
});

describe('a document of another issuer', () => {
  it('is told, also where a later place has the right one', async () => {
    const routes = { [AS]: json({ ...AS_METADATA, issuer: `${ISSUER}/` }), [OPENID]: json(AS_METADATA) };
    const { document, check } = await inspect(createForeignPair(routes).fetch);
    expect(document.outcome).toBe('completed');
    expect(check('as.issuer-match')).toBe('fail');
    const found = document.checks.filter(({ id }) => id === 'as.issuer-match');
    expect(found).toHaveLength(1);
    expect(found[0]?.evidence).toContain('has a slash at the end');
  });

  it('is not there where the first place has none', async () => {
    const routes = { [AS]: undefined, [OPENID]: json(AS_METADATA) };
    expect(await statusAt('as.issuer-match', routes)).toBe('pass');
    expect(RESOURCE_METADATA.authorization_servers).toEqual([ISSUER]);
  });
});
