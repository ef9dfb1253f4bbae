import { SPEC } from '../../spec.js';
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
} as const satisfies Readonly<Record<string, Rule>>;
