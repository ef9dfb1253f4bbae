import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for protected resource metadata. */
export const RESOURCE_METADATA_RULES = {
  'rs.resource-metadata-found': {
    level: 'MUST',
    rule: 'protected resource metadata is served where the client looks for it',
    remedy:
      'serve the document at /.well-known/oauth-protected-resource followed by the path of the MCP endpoint, and name that URL in the challenge',
    spec: SPEC.resourceMetadataDiscovery,
  },
  'rs.resource-metadata-json': {
    level: 'MUST',
    rule: 'protected resource metadata has the media type application/json',
    remedy: 'send it with Content-Type: application/json',
    spec: SPEC.resourceMetadataResponse,
  },
  'rs.resource-match': {
    level: 'MUST',
    rule: 'resource names the server that was asked',
    remedy: 'set resource to the URL by which clients reach the MCP endpoint',
    spec: SPEC.resourceMetadataValidation,
  },
  'rs.resource-specific': {
    level: 'SHOULD',
    rule: 'resource is the URL of the MCP endpoint itself, not one above it',
    remedy: 'set resource to the whole URL of the MCP endpoint, path included',
    spec: SPEC.canonicalServerUri,
  },
  'rs.authorization-servers': {
    level: 'MUST',
    rule: 'authorization_servers names at least one authorization server',
    remedy: 'list the issuer of the authorization server in authorization_servers',
    spec: SPEC.authorizationServerLocation,
  },
  'rs.no-offline-access': {
    level: 'SHOULD',
    rule: 'offline_access is not among the scopes of the resource',
    remedy:
      'take offline_access out of the scopes of the resource; list it in the metadata of the authorization server',
    spec: SPEC.refreshTokens,
  },
  'rs.resource-metadata-well-known': {
    level: 'SHOULD',
    rule: 'the metadata is at the well-known URL of its resource, also where the challenge names another URL',
    remedy:
      'serve it at /.well-known/oauth-protected-resource followed by the path of the resource: some clients look nowhere else',
    spec: SPEC.resourceMetadataLocation,
  },
  'rs.resource-metadata-no-empty': {
    level: 'MUST',
    rule: 'lists without elements are left out of the metadata',
    remedy: 'leave out what has no elements, instead of sending []',
    spec: SPEC.resourceMetadataResponse,
  },
  'rs.resource-identifier': {
    level: 'MUST',
    rule: 'resource is an https URL (http on loopback) without a fragment',
    remedy: 'set resource to the https URL by which clients reach the MCP endpoint, without #',
    spec: SPEC.resourceIdentifier,
  },
  'rs.resource-no-query': {
    level: 'SHOULD',
    rule: 'resource has no query',
    remedy: 'tell resources apart by their paths',
    spec: SPEC.resourceIndicator,
  },
  'rs.resource-no-slash': {
    level: 'SHOULD',
    rule: 'resource has no slash at the end that the URL of the server does not have',
    remedy: 'leave out the slash at the end of resource, here and wherever the resource is named',
    spec: SPEC.canonicalServerUri,
  },
  'rs.authorization-servers-form': {
    level: 'MUST',
    rule: 'what authorization_servers names are issuers: https URLs (http on loopback) without query and fragment',
    remedy:
      'list issuers, character by character as their own metadata spells them, and not endpoints or URLs of metadata',
    spec: SPEC.authorizationServerMetadata,
  },
  'rs.bearer-header': {
    level: 'MUST',
    rule: 'bearer_methods_supported, if there, has header, which is how MCP clients send tokens',
    remedy: 'publish bearer_methods_supported: ["header"], or leave it out',
    spec: SPEC.tokenUsage,
  },
  'rs.bearer-no-query': {
    level: 'MUST',
    rule: 'tokens in the query are not among bearer_methods_supported',
    remedy: 'ignore tokens in the query, and take query out of bearer_methods_supported',
    spec: SPEC.bearerMethods,
  },
  'rs.scopes-supported': {
    level: 'SHOULD',
    rule: 'the metadata lists the scopes of the resource (scopes_supported)',
    remedy: 'publish scopes_supported with the scopes that basic use needs',
    spec: SPEC.resourceMetadata,
  },
  'rs.scopes-syntax': {
    level: 'MUST',
    rule: 'each of scopes_supported is one scope, of the characters of scopes',
    remedy: 'list each scope by itself, without spaces, quotes and backslashes',
    spec: SPEC.scopeSyntax,
  },
  'rs.resource-name': {
    level: 'SHOULD',
    rule: 'the metadata has a name of the resource for people (resource_name)',
    remedy: 'publish resource_name',
    spec: SPEC.resourceMetadata,
  },
  'rs.jwks-https': {
    level: 'MUST',
    rule: 'jwks_uri of the resource, if there, is an https URL (http on loopback)',
    remedy: 'serve the keys with https',
    spec: SPEC.resourceMetadata,
  },
  'rs.signing-alg-none': {
    level: 'MUST',
    rule: 'none is not among resource_signing_alg_values_supported',
    remedy: 'take none out of resource_signing_alg_values_supported',
    spec: SPEC.resourceMetadata,
  },
} as const satisfies Readonly<Record<string, Rule>>;
