import type { Endpoint } from '../front/app-env.js';
import { buildMetadata } from '../metadata.js';
import type { Services } from '../services.js';

/**
 * The metadata document, written once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 RFC 8414 §3}
 */
export function metadataEndpoint(
  { config, capabilities, emit }: Services,
  document: 'oauth-authorization-server' | 'openid-configuration',
): Endpoint {
  const body = JSON.stringify(buildMetadata(config.issuer, capabilities));
  return () => {
    emit({ kind: 'as.metadata_read', document });
    return new Response(body, {
      headers: {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=60',
        'x-content-type-options': 'nosniff',
      },
    });
  };
}
