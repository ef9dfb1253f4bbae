import type { CheckId } from '../../../src/flows/checks/rules/index.js';
import type { FlowPlanOptions } from '../../../src/flows/index.js';
import {
  callback,
  challenge,
  headers,
  ISSUER,
  members,
  only,
  refusedAs,
  status,
  type Tamperings,
} from './tampering.js';

/** One rule that a server breaks. */
export interface Defect {
  readonly what: string;
  /** the check that has to find it */
  readonly check: CheckId;
  readonly tamperings: Tamperings;
  /** what the run is to do beside the usual, where only that meets the defect */
  readonly plan?: Partial<FlowPlanOptions>;
  /** an MCP server that takes tokens for any resource */
  readonly lax?: boolean;
}

const MCP = 'POST /mcp';
const PRM = 'GET /.well-known/oauth-protected-resource/mcp';
const AS = 'GET /.well-known/oauth-authorization-server';
const OPENID = 'GET /.well-known/openid-configuration';
const REGISTER = 'POST /register';
const CONSENT = 'POST /consent';
const TOKEN = 'POST /token';

const METADATA_URL = 'http://localhost:8001/.well-known/oauth-protected-resource/mcp';

const isChallenge = (parameters: string) =>
  challenge(headers({ 'www-authenticate': `Bearer${parameters === '' ? '' : ` ${parameters}`}` }));

/** Each breaks one rule of our own pair, and no other. */
export const DEFECTS: readonly Defect[] = [
  {
    what: 'a 401 without WWW-Authenticate',
    check: 'rs.challenge-bearer',
    tamperings: { [MCP]: challenge(headers({ 'www-authenticate': undefined })) },
  },
  {
    what: 'a challenge of the Basic scheme',
    check: 'rs.challenge-bearer',
    tamperings: { [MCP]: challenge(headers({ 'www-authenticate': 'Basic realm="mcp"' })) },
  },
  {
    what: 'a challenge without resource_metadata',
    check: 'rs.challenge-resource-metadata',
    tamperings: { [MCP]: isChallenge('scope="user"') },
  },
  {
    what: 'a challenge without scope',
    check: 'rs.challenge-scope',
    tamperings: { [MCP]: isChallenge(`resource_metadata="${METADATA_URL}"`) },
  },
  {
    what: 'an error in the challenge to a request without a token',
    check: 'rs.challenge-no-error',
    tamperings: {
      [MCP]: isChallenge(`resource_metadata="${METADATA_URL}", scope="user", error="invalid_token"`),
    },
  },
  {
    what: 'offline_access in the challenge',
    check: 'rs.no-offline-access',
    tamperings: {
      [MCP]: isChallenge(`resource_metadata="${METADATA_URL}", scope="user offline_access"`),
    },
  },
  {
    what: 'resource metadata that is not where the challenge says',
    check: 'rs.resource-metadata-found',
    tamperings: { [PRM]: status(404) },
  },
  {
    what: 'resource metadata as text/plain',
    check: 'rs.resource-metadata-json',
    tamperings: { [PRM]: headers({ 'content-type': 'text/plain' }) },
  },
  {
    what: 'a resource on another host',
    check: 'rs.resource-match',
    tamperings: { [PRM]: members({ resource: 'http://127.0.0.1:8001/mcp' }) },
  },
  {
    what: 'a resource that is the origin only',
    check: 'rs.resource-specific',
    tamperings: { [PRM]: members({ resource: 'http://localhost:8001' }) },
    lax: true,
  },
  {
    what: 'no authorization_servers',
    check: 'rs.authorization-servers',
    tamperings: { [PRM]: members({ authorization_servers: undefined }) },
  },
  {
    what: 'authorization server metadata that is not there',
    check: 'as.metadata-found',
    tamperings: { [AS]: status(404), [OPENID]: status(404) },
  },
  {
    what: 'authorization server metadata as text/html',
    check: 'as.metadata-json',
    tamperings: { [AS]: headers({ 'content-type': 'text/html' }) },
  },
  {
    what: 'an issuer with a slash too many',
    check: 'as.issuer-match',
    tamperings: {
      [AS]: members({ issuer: `${ISSUER}/` }),
      [OPENID]: members({ issuer: `${ISSUER}/` }),
    },
  },
  {
    what: 'no token_endpoint',
    check: 'as.endpoints',
    tamperings: { [AS]: members({ token_endpoint: undefined }) },
  },
  {
    what: 'a registration_endpoint with http elsewhere',
    check: 'as.endpoints-https',
    tamperings: { [AS]: members({ registration_endpoint: 'http://as.example/register' }) },
    plan: { clientId: 'demo-preset' },
  },
  {
    what: 'response_types_supported without code',
    check: 'as.response-types',
    tamperings: { [AS]: members({ response_types_supported: ['token'] }) },
  },
  {
    what: 'no code_challenge_methods_supported',
    check: 'as.pkce-s256',
    tamperings: { [AS]: members({ code_challenge_methods_supported: undefined }) },
  },
  {
    what: 'iss neither announced nor sent',
    check: 'as.iss-advertised',
    tamperings: {
      [AS]: members({ authorization_response_iss_parameter_supported: undefined }),
      [CONSENT]: callback({ iss: undefined }),
    },
  },
  {
    what: 'a registration answered with 200',
    check: 'as.registration-created',
    tamperings: { [REGISTER]: status(200) },
  },
  {
    what: 'a client_secret without client_secret_expires_at',
    check: 'as.registration-secret-expiry',
    tamperings: { [REGISTER]: members({ client_secret: 'a-secret-that-nobody-needs-0123456789' }) },
  },
  {
    what: 'a registration that caches may store',
    check: 'as.registration-no-store',
    tamperings: { [REGISTER]: headers({ 'cache-control': undefined }) },
  },
  {
    what: 'another state',
    check: 'as.state-echoed',
    tamperings: { [CONSENT]: callback({ state: 'another' }) },
  },
  {
    what: 'no iss, though it is announced',
    check: 'as.iss-present',
    tamperings: { [CONSENT]: callback({ iss: undefined }) },
  },
  {
    what: 'an iss with a slash too many',
    check: 'as.iss-match',
    tamperings: { [CONSENT]: callback({ iss: `${ISSUER}/` }) },
  },
  {
    what: 'an iss that is not announced',
    check: 'as.iss-unannounced',
    tamperings: { [AS]: members({ authorization_response_iss_parameter_supported: undefined }) },
  },
  {
    what: 'a token of the type mac',
    check: 'as.token-type',
    tamperings: { [TOKEN]: members({ token_type: 'mac' }) },
  },
  {
    what: 'a token response that caches may store',
    check: 'as.token-no-store',
    tamperings: { [TOKEN]: headers({ 'cache-control': 'max-age=60' }) },
  },
  {
    what: 'a token response as text/plain',
    check: 'as.token-json',
    tamperings: { [TOKEN]: headers({ 'content-type': 'text/plain' }) },
  },
  {
    what: 'no expires_in',
    check: 'as.token-expires-in',
    tamperings: { [TOKEN]: members({ expires_in: undefined }) },
  },
  {
    what: 'a token that the MCP server does not take',
    check: 'rs.token-accepted',
    tamperings: { [TOKEN]: members({ access_token: 'of-another-authorization-server-0123456789' }) },
  },
  {
    what: 'tools/list without tools',
    check: 'rs.tools-listed',
    tamperings: {
      [MCP]: only(
        (_answer, request) => request.headers.get('mcp-method') === 'tools/list',
        members({ result: { resultType: 'complete' } }),
      ),
    },
  },
  {
    what: 'a 403 instead of the 401',
    check: 'rs.challenge-status',
    tamperings: { [MCP]: challenge(status(403)) },
  },
  {
    what: 'a parameter that comes twice in the challenge',
    check: 'rs.challenge-syntax',
    tamperings: {
      [MCP]: isChallenge(`resource_metadata="${METADATA_URL}", scope="user", scope="user"`),
    },
  },
  {
    what: 'scopes with a comma between them in the challenge',
    check: 'rs.challenge-scope-syntax',
    tamperings: { [MCP]: isChallenge(`resource_metadata="${METADATA_URL}", scope="user  profile"`) },
    plan: { scope: 'user' },
  },
  {
    what: 'an empty list in the resource metadata',
    check: 'rs.resource-metadata-no-empty',
    tamperings: { [PRM]: members({ authorization_details_types_supported: [] }) },
  },
  {
    what: 'an authorization server with a query',
    check: 'rs.authorization-servers-form',
    tamperings: { [PRM]: members({ authorization_servers: [ISSUER, `${ISSUER}/?tenant=1`] }) },
  },
  {
    what: 'tokens in the body only',
    check: 'rs.bearer-header',
    tamperings: { [PRM]: members({ bearer_methods_supported: ['body'] }) },
  },
  {
    what: 'tokens in the query',
    check: 'rs.bearer-no-query',
    tamperings: { [PRM]: members({ bearer_methods_supported: ['header', 'query'] }) },
  },
  {
    what: 'two scopes in one string of scopes_supported',
    check: 'rs.scopes-syntax',
    tamperings: { [PRM]: members({ scopes_supported: ['user profile'] }) },
  },
  {
    what: 'resource metadata without a name',
    check: 'rs.resource-name',
    tamperings: { [PRM]: members({ resource_name: undefined }) },
  },
  {
    what: 'grant_types_supported without authorization_code',
    check: 'as.grant-types',
    tamperings: { [AS]: members({ grant_types_supported: ['client_credentials', 'refresh_token'] }) },
  },
  {
    what: 'the password grant',
    check: 'as.no-password-grant',
    tamperings: {
      [AS]: members({ grant_types_supported: ['authorization_code', 'refresh_token', 'password'] }),
    },
  },
  {
    what: 'PKCE with plain',
    check: 'as.pkce-no-plain',
    tamperings: { [AS]: members({ code_challenge_methods_supported: ['plain', 'S256'] }) },
  },
  {
    what: 'no client without a secret',
    check: 'as.public-clients',
    tamperings: { [AS]: members({ token_endpoint_auth_methods_supported: ['client_secret_basic'] }) },
    plan: { clientId: 'demo-preset' },
  },
  {
    what: 'signed assertions of unknown algorithms at the revocation endpoint',
    check: 'as.revocation-signing-algs',
    tamperings: { [AS]: members({ revocation_endpoint_auth_signing_alg_values_supported: undefined }) },
  },
  {
    what: 'a fragment in the authorization endpoint',
    check: 'as.endpoints-no-fragment',
    tamperings: { [AS]: members({ authorization_endpoint: `${ISSUER}/authorize#here` }) },
  },
  {
    what: 'a form with credentials that is sent on with 307',
    check: 'as.redirect-not-307',
    tamperings: { 'POST /consent': status(307) },
  },
  {
    what: 'a sign-in page that others may frame',
    check: 'as.sign-in-frames',
    tamperings: {
      'GET /authorize': headers({ 'content-security-policy': undefined, 'x-frame-options': undefined }),
    },
  },
  {
    what: 'a code that can be guessed',
    check: 'as.code-entropy',
    tamperings: { [CONSENT]: callback({ code: '123456' }), [TOKEN]: refusedAs('invalid_grant') },
  },
  {
    what: 'a code and an error at once',
    check: 'as.code-or-error',
    tamperings: { [CONSENT]: callback({ error: 'server_error' }) },
  },
  {
    what: 'a refusal at the token endpoint with the status 200',
    check: 'as.token-error-status',
    tamperings: { [TOKEN]: refusedAs('invalid_grant', 200) },
  },
  {
    what: 'expires_in as text',
    check: 'as.token-expires-in-number',
    tamperings: { [TOKEN]: members({ expires_in: '3600' }) },
  },
  {
    what: 'a token that lives for a minute',
    check: 'as.token-outlives-margin',
    tamperings: { [TOKEN]: members({ expires_in: 60 }) },
  },
  {
    what: 'scopes as a list in the token response',
    check: 'as.token-scope-syntax',
    tamperings: { [TOKEN]: members({ scope: ['user'] }) },
  },
  {
    what: 'more scope than was asked for',
    check: 'as.token-scope-not-wider',
    tamperings: { [TOKEN]: members({ scope: 'user admin' }) },
  },
  {
    what: 'answers of MCP as text/plain',
    check: 'rs.mcp-media-type',
    tamperings: {
      [MCP]: only((answer) => answer.status === 200, headers({ 'content-type': 'text/plain' })),
    },
  },
  {
    what: 'answers of MCP that shared caches may keep',
    check: 'rs.mcp-not-shared',
    tamperings: {
      [MCP]: only((answer) => answer.status === 200, headers({ 'cache-control': 'public, max-age=60' })),
    },
  },
  {
    what: 'tools/call without content',
    check: 'rs.tool-result',
    tamperings: {
      [MCP]: only(
        (_answer, request) => request.headers.get('mcp-method') === 'tools/call',
        members({ result: { resultType: 'complete' } }),
      ),
    },
  },
];
