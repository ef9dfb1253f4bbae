import type { ProtectedResourceMetadata } from '../shared/oauth/metadata.js';
import { wellKnownUrl } from '../shared/oauth/well-known.js';
import type { ResourceServerConfig } from './config/index.js';

const SUFFIX = 'oauth-protected-resource';

/**
 * Where the protected resource metadata of a resource is; what `resource_metadata` in a challenge names.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3.1 RFC 9728 §3.1}
 */
export function resourceMetadataUrl(resource: string): string {
  return wellKnownUrl(resource, SUFFIX);
}

/** The paths at which the document is served: the resource's own, and the root, where clients look last. */
export function resourceMetadataPaths(resource: string): readonly string[] {
  return [...new Set([new URL(resourceMetadataUrl(resource)).pathname, `/.well-known/${SUFFIX}`])];
}

/**
 * The protected resource metadata.
 *
 * @param issuers the authorization servers, each in the spelling that it uses itself
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728 §2}
 */
export function buildResourceMetadata(
  config: Pick<ResourceServerConfig, 'resource' | 'requiredScopes' | 'info'>,
  issuers: readonly string[],
): ProtectedResourceMetadata {
  return {
    resource: config.resource,
    authorization_servers: [...issuers],
    // The least that a client needs, since clients without a challenge ask for all of it. Tools ask for more when called.
    ...(config.requiredScopes.length > 0 && { scopes_supported: [...config.requiredScopes] }),
    bearer_methods_supported: ['header'],
    resource_name: config.info.title ?? config.info.name,
  };
}
