import type { Endpoint } from '../front/app-env.js';
import type { SigningKeys } from '../keys/signing-keys.js';

/**
 * The public keys of access tokens, for resource servers that verify tokens themselves.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-5 RFC 7517 §5}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7517#section-8.5.2 RFC 7517 §8.5.2} for the media type
 */
export function jwksEndpoint(signingKeys: SigningKeys): Endpoint {
  return async () => {
    const { keys, seconds } = await signingKeys.published();
    return new Response(JSON.stringify({ keys }), {
      headers: {
        'content-type': 'application/jwk-set+json',
        'cache-control': `public, max-age=${seconds}`,
        'x-content-type-options': 'nosniff',
      },
    });
  };
}
