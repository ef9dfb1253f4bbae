import { SPEC, type SpecReference } from '../spec.js';
import type { StepCheck } from '../context.js';

interface Rule {
  readonly level: StepCheck['level'];
  readonly rule: string;
  readonly spec: SpecReference;
}

/** Every requirement that a flow is held against. Ids are stable: scripts name them. */
const RULES = {
  'rs.challenge-bearer': {
    level: 'MUST',
    rule: 'a request without a token is answered with 401 and a WWW-Authenticate header with the Bearer scheme',
    spec: SPEC.bearerChallenge,
  },
  'rs.challenge-resource-metadata': {
    level: 'SHOULD',
    rule: 'the challenge names the protected resource metadata (resource_metadata)',
    spec: SPEC.resourceMetadataChallenge,
  },
  'rs.challenge-scope': {
    level: 'SHOULD',
    rule: 'the challenge names the scopes that are needed',
    spec: SPEC.scopeSelection,
  },
  'rs.challenge-no-error': {
    level: 'SHOULD',
    rule: 'the challenge has no error, since no token was sent',
    spec: SPEC.bearerErrors,
  },
  'rs.resource-metadata-found': {
    level: 'MUST',
    rule: 'protected resource metadata is served where the client looks for it',
    spec: SPEC.resourceMetadataDiscovery,
  },
  'rs.resource-metadata-json': {
    level: 'MUST',
    rule: 'protected resource metadata has the media type application/json',
    spec: SPEC.resourceMetadataResponse,
  },
  'rs.resource-match': {
    level: 'MUST',
    rule: 'resource names the server that was asked',
    spec: SPEC.resourceMetadataValidation,
  },
  'rs.resource-specific': {
    level: 'SHOULD',
    rule: 'resource is the URL of the MCP endpoint itself, not one above it',
    spec: SPEC.canonicalServerUri,
  },
  'rs.authorization-servers': {
    level: 'MUST',
    rule: 'authorization_servers names at least one authorization server',
    spec: SPEC.authorizationServerLocation,
  },
  'rs.no-offline-access': {
    level: 'SHOULD',
    rule: 'offline_access is not among the scopes of the resource',
    spec: SPEC.refreshTokens,
  },
  'as.metadata-found': {
    level: 'MUST',
    rule: 'authorization server metadata is served at a well-known URL of the issuer',
    spec: SPEC.authorizationServerMetadataDiscovery,
  },
  'as.metadata-json': {
    level: 'MUST',
    rule: 'authorization server metadata has the media type application/json',
    spec: SPEC.authorizationServerMetadataResponse,
  },
  'as.issuer-match': {
    level: 'MUST',
    rule: 'issuer is, character by character, the identifier that the resource names',
    spec: SPEC.authorizationServerMetadataValidation,
  },
  'as.endpoints': {
    level: 'MUST',
    rule: 'authorization_endpoint and token_endpoint are there',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.endpoints-https': {
    level: 'MUST',
    rule: 'the endpoints use https (or are on loopback)',
    spec: SPEC.communicationSecurity,
  },
  'as.response-types': {
    level: 'MUST',
    rule: 'response_types_supported is there and has code',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.pkce-s256': {
    level: 'MUST',
    rule: 'code_challenge_methods_supported has S256',
    spec: SPEC.codeProtection,
  },
  'as.iss-advertised': {
    level: 'SHOULD',
    rule: 'authorization_response_iss_parameter_supported is true',
    spec: SPEC.responseValidation,
  },
  'as.registration-created': {
    level: 'MUST',
    rule: 'a registration is answered with 201 and a client_id',
    spec: SPEC.registrationResponse,
  },
  'as.registration-secret-expiry': {
    level: 'MUST',
    rule: 'client_secret_expires_at comes with a client_secret',
    spec: SPEC.registrationResponse,
  },
  'as.registration-no-store': {
    level: 'SHOULD',
    rule: 'the registration is not stored by caches (Cache-Control: no-store)',
    spec: SPEC.registrationResponse,
  },
  'as.state-echoed': {
    level: 'MUST',
    rule: 'state comes back exactly as it was sent',
    spec: SPEC.authorizationResponse,
  },
  'as.iss-present': {
    level: 'MUST',
    rule: 'iss is in the authorization response if the metadata says so',
    spec: SPEC.issuerValidation,
  },
  'as.iss-match': {
    level: 'MUST',
    rule: 'iss is, character by character, the issuer of the metadata',
    spec: SPEC.issuerValidation,
  },
  'as.iss-unannounced': {
    level: 'MUST',
    rule: 'an authorization server that sends iss says so in its metadata',
    spec: SPEC.issuerAdvertised,
  },
  'as.token-type': {
    level: 'MUST',
    rule: 'the token response has an access_token and the token_type Bearer',
    spec: SPEC.tokenResponse,
  },
  'as.token-no-store': {
    level: 'MUST',
    rule: 'the token response is not stored by caches (Cache-Control: no-store)',
    spec: SPEC.tokenResponse,
  },
  'as.token-json': {
    level: 'MUST',
    rule: 'the token response has the media type application/json',
    spec: SPEC.tokenResponse,
  },
  'as.token-expires-in': {
    level: 'SHOULD',
    rule: 'the token response says in seconds how long the token lives (expires_in)',
    spec: SPEC.tokenResponse,
  },
  'as.refresh-token': {
    level: 'MAY',
    rule: 'the token response has a refresh token',
    spec: SPEC.refreshTokens,
  },
  'rs.token-accepted': {
    level: 'MUST',
    rule: 'the server takes the token that its authorization server issued for it',
    spec: SPEC.tokenUsage,
  },
  'rs.tools-listed': {
    level: 'MUST',
    rule: 'tools/list is answered with a list of tools',
    spec: SPEC.tools,
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type CheckId = keyof typeof RULES;

/** The status of a rule that is not met. */
const BROKEN = { MUST: 'fail', SHOULD: 'warn', MAY: 'skip' } as const;

/**
 * Holds one rule against what was seen.
 *
 * @param met undefined if nothing was seen that settles it
 * @param evidence what was seen
 */
export function checked(id: CheckId, met: boolean | undefined, evidence: string): StepCheck {
  const { level, rule, spec } = RULES[id];
  const status = met === undefined ? 'skip' : met ? 'pass' : BROKEN[level];
  return { id, level, status, rule, evidence, spec };
}

/** A header as evidence. */
export function headerEvidence(headers: Headers, name: string): string {
  const value = headers.get(name);
  return value === null ? `no ${name} header` : `${name}: ${value}`;
}

/** Whether caches must leave a response alone. */
export function isNoStore(headers: Headers): boolean {
  return (headers.get('cache-control') ?? '')
    .toLowerCase()
    .split(',')
    .some((directive) => directive.trim() === 'no-store');
}
