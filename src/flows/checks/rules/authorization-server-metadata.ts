import { SPEC } from '../../spec.js';
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
    rule: 'authorization_endpoint and token_endpoint are there',
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
    rule: 'response_types_supported is there and has code',
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
} as const satisfies Readonly<Record<string, Rule>>;
