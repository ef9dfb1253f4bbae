import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for authorization server metadata. */
export const AUTHORIZATION_SERVER_METADATA_RULES = {
  'as.metadata-found': {
    level: 'MUST',
    rule: 'authorization server metadata is served at a well-known URL of the issuer',
    remedy:
      'serve the document at /.well-known/oauth-authorization-server followed by the path of the issuer',
    spec: SPEC.authorizationServerMetadataDiscovery,
  },
  'as.metadata-json': {
    level: 'MUST',
    rule: 'authorization server metadata has the media type application/json',
    remedy: 'send it with Content-Type: application/json',
    spec: SPEC.authorizationServerMetadataResponse,
  },
  'as.issuer-match': {
    level: 'MUST',
    rule: 'issuer is, character by character, the identifier that the resource names',
    remedy:
      'use one spelling of the issuer everywhere: metadata, authorization_servers, iss; mind the slash at the end',
    spec: SPEC.authorizationServerMetadataValidation,
  },
  'as.endpoints': {
    level: 'MUST',
    rule: 'token_endpoint is there, and authorization_endpoint if there is a grant that needs it',
    remedy: 'publish authorization_endpoint and token_endpoint as absolute URLs',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.endpoints-https': {
    level: 'MUST',
    rule: 'the endpoints use https (or are on loopback)',
    remedy: 'serve the endpoints with https',
    spec: SPEC.communicationSecurity,
  },
  'as.response-types': {
    level: 'MUST',
    rule: 'response_types_supported is there and has code, if there is a grant that needs it',
    remedy: 'publish response_types_supported: ["code"]',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.pkce-s256': {
    level: 'MUST',
    rule: 'code_challenge_methods_supported has S256',
    remedy: 'publish code_challenge_methods_supported: ["S256"], and enforce it',
    spec: SPEC.codeProtection,
  },
  'as.iss-advertised': {
    level: 'SHOULD',
    rule: 'authorization_response_iss_parameter_supported is true',
    remedy:
      'send iss in every authorization response, and publish authorization_response_iss_parameter_supported: true',
    spec: SPEC.responseValidation,
  },
  'as.issuer-form': {
    level: 'MUST',
    rule: 'issuer is an https URL (http on loopback) without query and fragment',
    remedy: 'choose an issuer that is an https URL without ? and #',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.metadata-no-empty': {
    level: 'MUST',
    rule: 'lists without elements are left out of the metadata',
    remedy: 'leave out what has no elements, instead of sending []',
    spec: SPEC.authorizationServerMetadataResponse,
  },
  'as.endpoints-no-fragment': {
    level: 'MUST',
    rule: 'authorization_endpoint and token_endpoint have no fragment',
    remedy: 'publish the endpoints without #',
    spec: SPEC.authorizationEndpoint,
  },
  'as.response-modes': {
    level: 'SHOULD',
    rule: 'response_modes_supported, if there, has query, which is how a code comes back unless something else is asked',
    remedy: 'publish query among response_modes_supported, or leave it out',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.grant-types': {
    level: 'SHOULD',
    rule: 'grant_types_supported, if there, has authorization_code',
    remedy: 'publish authorization_code among grant_types_supported',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.no-implicit-grant': {
    level: 'SHOULD',
    rule: 'access tokens do not come by way of the browser: no response type has token',
    remedy: 'switch the implicit grant off, and publish response_types_supported without token',
    spec: SPEC.noImplicitGrant,
  },
  'as.no-password-grant': {
    level: 'SHOULD',
    rule: 'password is not among grant_types_supported',
    remedy: 'switch the password grant off',
    spec: SPEC.noPasswordGrant,
  },
  'as.pkce-no-plain': {
    level: 'SHOULD',
    rule: 'code_challenge_methods_supported does not have plain',
    remedy: 'take plain out of code_challenge_methods_supported, and refuse it',
    spec: SPEC.pkceMethods,
  },
  'as.public-clients': {
    level: 'SHOULD',
    rule: 'token_endpoint_auth_methods_supported has "none", for clients that can keep no secret',
    remedy: 'take public clients with PKCE, and publish none among token_endpoint_auth_methods_supported',
    spec: SPEC.authorizationOverview,
  },
  'as.cimd-advertised': {
    level: 'SHOULD',
    rule: 'Client ID Metadata Documents are taken (client_id_metadata_document_supported)',
    remedy:
      'take the URL of a metadata document as client_id, and publish client_id_metadata_document_supported: true',
    spec: SPEC.clientRegistration,
  },
  'as.token-signing-algs': {
    level: 'MUST',
    rule: 'where clients may sign at the token endpoint, token_endpoint_auth_signing_alg_values_supported is there',
    remedy: 'publish token_endpoint_auth_signing_alg_values_supported: clients can only guess otherwise',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.revocation-signing-algs': {
    level: 'MUST',
    rule: 'where clients may sign at the revocation endpoint, revocation_endpoint_auth_signing_alg_values_supported is there',
    remedy: 'publish revocation_endpoint_auth_signing_alg_values_supported',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.introspection-signing-algs': {
    level: 'MUST',
    rule: 'where clients may sign at the introspection endpoint, introspection_endpoint_auth_signing_alg_values_supported is there',
    remedy: 'publish introspection_endpoint_auth_signing_alg_values_supported',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.signing-alg-none': {
    level: 'MUST',
    rule: 'none is not among the algorithms by which clients sign',
    remedy: 'take none out of the lists of signing algorithms',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.scopes-supported': {
    level: 'SHOULD',
    rule: 'the metadata lists scopes (scopes_supported)',
    remedy: 'publish scopes_supported',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.resource-listed': {
    level: 'SHOULD',
    rule: 'protected_resources, if there, has the resource that names this authorization server',
    remedy: 'add the resource to protected_resources, in its own spelling',
    spec: SPEC.protectedResources,
  },
} as const satisfies Readonly<Record<string, Rule>>;
