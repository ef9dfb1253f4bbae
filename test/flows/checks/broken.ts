import type { CheckId } from '../../../src/flows/checks/rules/index.js';
import {
  AS_METADATA,
  CHALLENGE,
  ISSUER,
  json,
  legacyMcp,
  modernMcp,
  protectedMcp,
  redirectBack,
  RESOURCE_METADATA,
  type Routes,
  TARGET,
  TOKEN_RESPONSE,
} from '../support.js';

const MCP = 'POST mcp.example/mcp';
const PRM = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const AS = 'GET as.example/.well-known/oauth-authorization-server';
const AUTHORIZE = 'GET as.example/authorize';
const LOGIN = 'POST as.example/login';
const TOKEN = 'POST as.example/token';
const METADATA_URL = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';
/** The moment at which the tests run, in seconds. */
const NOW = 1_790_000_000;
const NO_STORE = { headers: { 'cache-control': 'no-store' } };

const challenge = (header: string): Routes => ({ [MCP]: protectedMcp(modernMcp, header) });
const named = (more: string) => challenge(`Bearer resource_metadata="${METADATA_URL}"${more}`);
const resource = (changes: object): Routes => ({ [PRM]: json({ ...RESOURCE_METADATA, ...changes }) });
const server = (changes: object): Routes => ({ [AS]: json({ ...AS_METADATA, ...changes }) });
const token = (changes: object): Routes => ({ [TOKEN]: json({ ...TOKEN_RESPONSE, ...changes }, NO_STORE) });
const back = (changes: Readonly<Record<string, string | undefined>>): Routes => ({
  [AUTHORIZE]: redirectBack(changes),
});

/** Changes the redirect to the client after it was written. */
function rewritten(change: (location: string) => string): Routes {
  const redirect = redirectBack({}) as (request: Request) => Response;
  return {
    [AUTHORIZE]: (request) => {
      const location = change(redirect(request).headers.get('location')!);
      return new Response(null, { status: 302, headers: { location } });
    },
  };
}

const PAGE_HEADERS = {
  'content-type': 'text/html',
  'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** A page to agree on, whose form is answered with a redirect to the client. */
function page(headers: Readonly<Record<string, string>> = {}, html = '', status = 303): Routes {
  const redirect = redirectBack({}) as (request: Request) => Response;
  return {
    [AUTHORIZE]: (request) =>
      new Response(
        `${html}<form method=post action="/login${new URL(request.url).search.replaceAll('&', '&amp;')}"><button>Allow</button></form>`,
        {
          headers: { ...PAGE_HEADERS, ...headers },
        },
      ),
    [LOGIN]: (request) => new Response(null, { status, headers: redirect(request).headers }),
  };
}

function jwt(claims: object = {}, header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const all = { iss: ISSUER, aud: TARGET, exp: NOW + 600, scope: 'notes.read', ...claims };
  return `${part({ alg: 'ES256', typ: 'at+jwt', ...header })}.${part(all)}.c2lnbmF0dXJl`;
}

/** A token that is a JWT, which the MCP server takes. */
function jwtToken(claims: object = {}, header: object = {}): Routes {
  const access_token = jwt(claims, header);
  return {
    ...token({ access_token }),
    [MCP]: (request) =>
      request.headers.get('authorization') === `Bearer ${access_token}`
        ? modernMcp(request)
        : new Response(null, { status: 401, headers: { 'www-authenticate': CHALLENGE } }),
  };
}

/** Changes what the MCP server answers to requests with the token. */
function answers(change: (response: Response) => Response | Promise<Response>): Routes {
  return { [MCP]: protectedMcp(async (request) => change(await modernMcp(request))) };
}

const withHeaders = (headers: Readonly<Record<string, string>>) =>
  answers((response) => {
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  });

const withResult = (result: object) =>
  answers(async (response) => {
    const message = (await response.json()) as { id: number };
    return Response.json({
      jsonrpc: '2.0',
      id: message.id,
      result: { supportedVersions: ['2026-07-28'], ...result },
    });
  });

const refusing = (status: number, header?: string): Routes => ({
  [MCP]: protectedMcp(
    () => new Response(null, { status, ...(header && { headers: { 'www-authenticate': header } }) }),
  ),
});

const TOOLS = { tools: [{ name: 'list_notes', annotations: { readOnlyHint: true } }] };

/** For each check what breaks it, at a pair that keeps to the rules otherwise. */
export const BROKEN: Partial<Record<CheckId, Routes>> = {
  'rs.challenge-status': { [MCP]: () => new Response(null, { status: 403 }) },
  'rs.challenge-bearer': challenge('Basic realm="notes"'),
  'rs.challenge-resource-metadata': challenge('Bearer scope="notes.read"'),
  'rs.challenge-scope': named(''),
  'rs.challenge-no-error': named(', error="invalid_token"'),
  'rs.challenge-syntax': named(' scope="notes.read"'),
  'rs.challenge-realm-quoted': challenge(`Bearer realm=notes, resource_metadata="${METADATA_URL}"`),
  'rs.challenge-scope-syntax': named(', scope="notes.read  notes.list"'),
  'rs.challenge-error-syntax': named(', error_description="say \\"please\\""'),
  'rs.challenge-metadata-url': challenge(
    `Bearer resource_metadata="${METADATA_URL.replace('https', 'http')}"`,
  ),
  'rs.no-offline-access': resource({ scopes_supported: ['notes.read', 'offline_access'] }),
  'rs.resource-metadata-found': { [PRM]: undefined },
  'rs.resource-metadata-json': { [PRM]: () => new Response(JSON.stringify(RESOURCE_METADATA)) },
  'rs.resource-metadata-well-known': {
    ...challenge('Bearer resource_metadata="https://mcp.example/meta", scope="notes.read"'),
    'GET mcp.example/meta': json(RESOURCE_METADATA),
    [PRM]: undefined,
  },
  'rs.resource-metadata-no-empty': resource({ authorization_details_types_supported: [] }),
  'rs.resource-match': resource({ resource: 'https://other.example/mcp' }),
  'rs.resource-specific': resource({ resource: 'https://mcp.example' }),
  'rs.resource-identifier': resource({ resource: `${TARGET}#notes` }),
  'rs.resource-no-query': resource({ resource: `${TARGET}?notes=1` }),
  'rs.resource-no-slash': resource({ resource: `${TARGET}/` }),
  'rs.authorization-servers': resource({ authorization_servers: undefined }),
  'rs.authorization-servers-form': resource({ authorization_servers: [ISSUER, `${ISSUER}?tenant=1`] }),
  'rs.bearer-header': resource({ bearer_methods_supported: ['body'] }),
  'rs.bearer-no-query': resource({ bearer_methods_supported: ['header', 'query'] }),
  'rs.scopes-supported': resource({ scopes_supported: undefined }),
  'rs.scopes-syntax': resource({ scopes_supported: ['notes.read notes.list'] }),
  'rs.resource-name': resource({ resource_name: undefined }),
  'rs.jwks-https': resource({ jwks_uri: 'http://mcp.example/jwks' }),
  'rs.signing-alg-none': resource({ resource_signing_alg_values_supported: ['none'] }),
  'as.metadata-found': { [AS]: undefined },
  'as.metadata-json': { [AS]: () => new Response(JSON.stringify(AS_METADATA)) },
  'as.metadata-no-empty': server({ ui_locales_supported: [] }),
  'as.issuer-match': server({ issuer: `${ISSUER}/` }),
  'as.issuer-form': {
    ...resource({ authorization_servers: [`${ISSUER}?tenant=1`] }),
    ...server({ issuer: `${ISSUER}?tenant=1` }),
  },
  'as.endpoints': server({ token_endpoint: undefined }),
  'as.endpoints-https': server({ revocation_endpoint: 'http://as.example/revoke' }),
  'as.endpoints-no-fragment': server({ token_endpoint: `${ISSUER}/token#here` }),
  'as.response-types': server({ response_types_supported: ['id_token'] }),
  'as.response-modes': server({ response_modes_supported: ['fragment'] }),
  'as.grant-types': server({ grant_types_supported: ['client_credentials'] }),
  'as.no-implicit-grant': server({ response_types_supported: ['code', 'id_token token'] }),
  'as.no-password-grant': server({ grant_types_supported: ['authorization_code', 'password'] }),
  'as.pkce-s256': server({ code_challenge_methods_supported: ['plain'] }),
  'as.pkce-no-plain': server({ code_challenge_methods_supported: ['S256', 'plain'] }),
  'as.iss-advertised': server({ authorization_response_iss_parameter_supported: false }),
  'as.public-clients': server({ token_endpoint_auth_methods_supported: ['client_secret_basic'] }),
  'as.cimd-advertised': server({ client_id_metadata_document_supported: false }),
  'as.token-signing-algs': server({ token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] }),
  'as.revocation-signing-algs': server({ revocation_endpoint_auth_methods_supported: ['client_secret_jwt'] }),
  'as.introspection-signing-algs': server({
    introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
  }),
  'as.signing-alg-none': server({ token_endpoint_auth_signing_alg_values_supported: ['ES256', 'none'] }),
  'as.scopes-supported': server({ scopes_supported: undefined }),
  'as.resource-listed': server({ protected_resources: ['https://other.example/mcp'] }),
  'as.sign-in-https': {
    [AUTHORIZE]: () => new Response(null, { status: 302, headers: { location: 'http://as.example/login' } }),
  },
  'as.redirect-exact': rewritten((location) => location.replace(/^[^?]*/, 'https://mcp.example/elsewhere')),
  'as.redirect-not-307': page({}, '', 307),
  'as.redirect-303': page({}, '', 302),
  'as.sign-in-frames': page({ 'content-security-policy': "default-src 'self'" }),
  'as.sign-in-referrer': page({ 'referrer-policy': 'unsafe-url' }),
  'as.sign-in-no-store': page({ 'cache-control': 'max-age=60' }),
  'as.sign-in-no-strangers': page({}, '<script src="https://cdn.example/a.js"></script>'),
  'as.state-echoed': back({ state: 'another' }),
  'as.iss-present': back({ iss: undefined }),
  'as.iss-match': back({ iss: `${ISSUER}/` }),
  'as.iss-unannounced': server({ authorization_response_iss_parameter_supported: undefined }),
  'as.response-in-query': rewritten((location) => location.replace('?', '#')),
  'as.no-front-channel-token': back({ access_token: 'a-token-that-comes-by-way-of-the-browser' }),
  'as.response-parameters-once': rewritten((location) => `${location}&code=another-code-0123456789abcdef`),
  'as.code-or-error': back({ error: 'access_denied' }),
  'as.code-entropy': back({ code: '1234567890' }),
  'as.error-syntax': back({ code: undefined, error: 'say "please"' }),
  'as.token-type': token({ token_type: 'DPoP' }),
  'as.token-json': { [TOKEN]: () => new Response(JSON.stringify(TOKEN_RESPONSE), NO_STORE) },
  'as.token-no-store': { [TOKEN]: json(TOKEN_RESPONSE) },
  'as.token-error-status': { [TOKEN]: json({ error: 'invalid_grant' }) },
  'as.token-error-body': { [TOKEN]: () => new Response('no', { status: 400 }) },
  'as.token-characters': token({ access_token: '{a-token-of-characters-that-do-not-fit}' }),
  'as.token-length': token({ access_token: 'long'.repeat(2000) }),
  'as.token-entropy': token({ access_token: '1234567890123456789012' }),
  'as.token-expires-in': token({ expires_in: undefined }),
  'as.token-expires-in-number': token({ expires_in: '600' }),
  'as.token-short-lived': token({ expires_in: 86_400 }),
  'as.token-outlives-margin': token({ expires_in: 300 }),
  'as.token-renewable': token({ expires_in: 300, refresh_token: undefined }),
  'as.refresh-token': token({ refresh_token: undefined }),
  'as.refresh-token-entropy': token({ refresh_token: 'refresh-me' }),
  'as.refresh-advertised': server({ grant_types_supported: ['authorization_code'] }),
  'as.token-scope-reported': jwtToken({ scope: 'notes.read notes.write' }),
  'as.token-scope-syntax': token({ scope: ['notes.read'] }),
  'as.token-scope-not-wider': token({ scope: 'notes.read admin' }),
  'as.jwt-signed': jwtToken({}, { alg: 'none' }),
  'as.jwt-type': jwtToken({}, { typ: 'JWT' }),
  'as.jwt-issuer': jwtToken({ iss: `${ISSUER}/` }),
  'as.jwt-audience': jwtToken({ aud: ['https://other.example'] }),
  'as.jwt-expiry': jwtToken({ exp: NOW - 1 }),
  'as.jwt-expiry-as-told': jwtToken({ exp: NOW + 86_400 }),
  'rs.token-accepted': refusing(401, 'Bearer error="invalid_token"'),
  'rs.tools-listed': withResult({ tools: 'none' }),
  'rs.tool-result': withResult(TOOLS),
  'rs.mcp-media-type': withHeaders({ 'content-type': 'text/plain' }),
  'rs.mcp-not-shared': withHeaders({ 'cache-control': 'public, max-age=60' }),
  'rs.no-token-echo': answers((response) => {
    response.headers.set('x-you-sent', 'Bearer foreign-access-token-0123456789abcdef');
    return response;
  }),
  'rs.session-id-visible': { [MCP]: protectedMcp(legacyMcp('session with spaces 0123456789abcdef')) },
  'rs.session-id-random': { [MCP]: protectedMcp(legacyMcp('session-1')) },
  'rs.refusal-challenge': refusing(401),
  'rs.refusal-error': refusing(401, 'Bearer realm="notes"'),
  'rs.refusal-status': refusing(403, 'Bearer error="invalid_token"'),
};

/** Pairs that keep to the rules, by what they have that another has not. */
export const KEPT: Readonly<Record<string, Routes>> = {
  plain: {},
  pages: page(),
  'metadata with all that is optional': {
    ...challenge(`Bearer realm="notes", resource_metadata="${METADATA_URL}", scope="notes.read"`),
    ...resource({
      bearer_methods_supported: ['header'],
      jwks_uri: 'https://mcp.example/jwks',
      resource_signing_alg_values_supported: ['ES256'],
    }),
    ...server({
      client_id_metadata_document_supported: true,
      response_modes_supported: ['query'],
      protected_resources: [TARGET],
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256'],
      revocation_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      revocation_endpoint_auth_signing_alg_values_supported: ['ES256'],
      introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
      introspection_endpoint_auth_signing_alg_values_supported: ['ES256'],
    }),
  },
  'a token with its scope': token({ scope: 'notes.read' }),
  'a token that is a JWT': jwtToken(),
  sessions: { [MCP]: protectedMcp(legacyMcp('6f9619ff-8b86-4d11-b42d-00c04fc964ff')) },
};

/** What a server may well say no with. */
export const REFUSED: Readonly<Record<string, Routes>> = {
  'the code': { [TOKEN]: json({ error: 'invalid_grant' }, { status: 400, ...NO_STORE }) },
  'the request': back({ code: undefined, error: 'access_denied', error_description: 'not today' }),
  'the token': refusing(401, 'Bearer error="invalid_token", error_description="expired"'),
  'a challenge with an error': named(', scope="notes.read", error="invalid_request", error_description="no"'),
  'a short life': token({ expires_in: 200 }),
};
