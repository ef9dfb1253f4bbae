import type { McpRevision } from '../../shared/oauth/revisions.js';
import { SPEC, type SpecReference } from './spec.js';

/** Where an older revision says what {@link SPEC} links in the newest. What is not here, it does not say. */
const PAGES: Readonly<
  Record<Exclude<McpRevision, '2026-07-28'>, Readonly<Partial<Record<keyof typeof SPEC, string>>>>
> = {
  '2025-03-26': {
    authorizationIsOptional: 'basic/authorization#protocol-requirements',
    errorHandling: 'basic/authorization#error-handling',
    authorizationServerLocation: 'basic/authorization#authorization-base-url',
    authorizationServerMetadataDiscovery: 'basic/authorization#server-metadata-discovery',
    codeProtection: 'basic/authorization#implementation-requirements',
    openRedirection: 'basic/authorization#security-considerations',
    communicationSecurity: 'basic/authorization#security-considerations',
    clientRegistration: 'basic/authorization#dynamic-client-registration',
    preRegistration: 'basic/authorization#dynamic-client-registration',
    dynamicRegistration: 'basic/authorization#dynamic-client-registration',
    tokenUsage: 'basic/authorization#access-token-usage',
    versionNegotiation: 'basic/lifecycle#version-negotiation',
    backwardCompatibility: 'basic/transports#backwards-compatibility',
    tools: 'server/tools',
  },
  '2025-06-18': {
    authorizationIsOptional: 'basic/authorization#protocol-requirements',
    errorHandling: 'basic/authorization#error-handling',
    resourceMetadataDiscovery: 'basic/authorization#authorization-server-location',
    authorizationServerLocation: 'basic/authorization#authorization-server-location',
    authorizationServerMetadataDiscovery: 'basic/authorization#server-metadata-discovery',
    canonicalServerUri: 'basic/authorization#canonical-server-uri',
    resourceParameter: 'basic/authorization#resource-parameter-implementation',
    codeProtection: 'basic/authorization#authorization-code-protection',
    openRedirection: 'basic/authorization#open-redirection',
    communicationSecurity: 'basic/authorization#communication-security',
    clientRegistration: 'basic/authorization#dynamic-client-registration',
    preRegistration: 'basic/authorization#dynamic-client-registration',
    dynamicRegistration: 'basic/authorization#dynamic-client-registration',
    tokenUsage: 'basic/authorization#access-token-usage',
    versionNegotiation: 'basic/lifecycle#version-negotiation',
    backwardCompatibility: 'basic/transports#backwards-compatibility',
    tools: 'server/tools',
  },
  '2025-11-25': {
    authorizationIsOptional: 'basic/authorization#protocol-requirements',
    errorHandling: 'basic/authorization#error-handling',
    resourceMetadataDiscovery: 'basic/authorization#protected-resource-metadata-discovery-requirements',
    authorizationServerLocation: 'basic/authorization#authorization-server-location',
    authorizationServerMetadataDiscovery: 'basic/authorization#authorization-server-metadata-discovery',
    scopeSelection: 'basic/authorization#scope-selection-strategy',
    canonicalServerUri: 'basic/authorization#canonical-server-uri',
    resourceParameter: 'basic/authorization#resource-parameter-implementation',
    codeProtection: 'basic/authorization#authorization-code-protection',
    openRedirection: 'basic/authorization#open-redirection',
    communicationSecurity: 'basic/authorization#communication-security',
    clientRegistration: 'basic/authorization#client-registration-approaches',
    preRegistration: 'basic/authorization#preregistration',
    dynamicRegistration: 'basic/authorization#dynamic-client-registration',
    tokenUsage: 'basic/authorization#access-token-usage',
    versionNegotiation: 'basic/lifecycle#version-negotiation',
    backwardCompatibility: 'basic/transports#backwards-compatibility',
    tools: 'server/tools',
  },
};

const NAMES = new Map<SpecReference, keyof typeof SPEC>(
  Object.entries(SPEC).map(([name, reference]) => [reference, name as keyof typeof SPEC]),
);

/**
 * The page of a revision where the rule is.
 *
 * @param reference one of {@link SPEC}
 * @returns `reference` itself if that revision does not say it, or it is not a rule of MCP
 */
export function specAt(revision: McpRevision, reference: SpecReference): SpecReference {
  const name = NAMES.get(reference);
  if (revision === '2026-07-28' || name === undefined) return reference;
  const page = PAGES[revision][name];
  if (page === undefined) return reference;
  return {
    title: reference.title.replace(/^MCP,/, `MCP ${revision},`),
    url: `https://modelcontextprotocol.io/specification/${revision}/${page}`,
  };
}
