import type { ProtectedResourceMetadata } from '../../shared/oauth/metadata.js';
import { isScopeToken } from '../../shared/oauth/scope.js';
import type { StepCheck } from '../context.js';
import { offlineAccess } from './challenge.js';
import { checked, cut, emptyMembers, isSecureUrl, memberEvidence } from './checked.js';
import { isIssuerForm } from './issuer-form.js';

/**
 * What the metadata of a resource settles by itself.
 *
 * @param target URL of the MCP server
 */
export function checkResourceMetadata(
  metadata: ProtectedResourceMetadata,
  target: string,
): readonly StepCheck[] {
  return [
    ...checkResource(metadata.resource, target),
    ...checkAuthorizationServers(metadata.authorization_servers ?? []),
    ...checkBearerMethods(metadata.bearer_methods_supported),
    ...checkScopes(metadata.scopes_supported),
    checked(
      'rs.resource-name',
      metadata.resource_name !== undefined,
      memberEvidence('resource_name', metadata.resource_name),
    ),
    checkEmpty(metadata),
    ...checkKeys(metadata),
  ];
}

function checkResource(resource: string, target: string): readonly StepCheck[] {
  const evidence = `resource ${cut(resource)}`;
  return [
    checked('rs.resource-identifier', isSecureUrl(resource) && !resource.includes('#'), evidence),
    checked('rs.resource-no-query', !resource.includes('?'), evidence),
    checked(
      'rs.resource-no-slash',
      !resource.endsWith('/') || target.endsWith('/'),
      `${evidence}, server ${target}`,
    ),
  ];
}

function checkAuthorizationServers(servers: readonly string[]): readonly StepCheck[] {
  const evidence = memberEvidence('authorization_servers', servers);
  return [
    checked('rs.authorization-servers', servers.length > 0, evidence),
    checked(
      'rs.authorization-servers-form',
      servers.length === 0 ? undefined : servers.every(isIssuerForm),
      evidence,
    ),
  ];
}

function checkBearerMethods(methods: readonly string[] | undefined): readonly StepCheck[] {
  const evidence = memberEvidence('bearer_methods_supported', methods);
  return [
    checked('rs.bearer-header', methods?.includes('header'), evidence),
    checked('rs.bearer-no-query', methods && !methods.includes('query'), evidence),
  ];
}

function checkScopes(scopes: readonly string[] | undefined): readonly StepCheck[] {
  const evidence = memberEvidence('scopes_supported', scopes);
  return [
    checked('rs.scopes-supported', scopes !== undefined, evidence),
    checked('rs.scopes-syntax', scopes?.every(isScopeToken), evidence),
    offlineAccess(scopes ?? [], 'the metadata'),
  ];
}

/** An empty list of bearer methods has a meaning of its own: there is none. */
function checkEmpty(metadata: ProtectedResourceMetadata): StepCheck {
  const empty = emptyMembers(metadata).filter((name) => name !== 'bearer_methods_supported');
  return checked(
    'rs.resource-metadata-no-empty',
    empty.length === 0,
    empty.length === 0 ? 'none' : cut(empty.join(', ')),
  );
}

function checkKeys(metadata: ProtectedResourceMetadata): readonly StepCheck[] {
  const { jwks_uri: keys, resource_signing_alg_values_supported: algorithms } = metadata;
  return [
    checked(
      'rs.jwks-https',
      keys === undefined ? undefined : typeof keys === 'string' && isSecureUrl(keys),
      memberEvidence('jwks_uri', keys),
    ),
    checked(
      'rs.signing-alg-none',
      Array.isArray(algorithms) ? !algorithms.includes('none') : undefined,
      memberEvidence('resource_signing_alg_values_supported', algorithms),
    ),
  ];
}
