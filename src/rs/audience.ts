import type { Emit } from '../shared/events/emitter.js';
import { OAuthError } from '../shared/oauth/errors.js';
import { isResourceIdentifier, isSameResource } from '../shared/oauth/resource.js';
import type { ResourceServerConfig } from './config/index.js';
import type { VerifiedToken } from './verifiers/token-verifier.js';

/**
 * Whether the token was issued for this server: for its URL, or for one of the values that the operator knows to mean
 * it. A lax server, as in the walkthrough, lets a token for another resource pass, and the log warns.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2 RFC 8707 §2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 * @throws OAuthError `invalid_token`
 */
export function checkAudience(
  { resource, audiences, oauthStrict }: Pick<ResourceServerConfig, 'resource' | 'audiences' | 'oauthStrict'>,
  token: VerifiedToken,
  emit: Emit,
): void {
  const same = token.aud.some((value) => [resource, ...audiences].some((own) => isSameAudience(value, own)));
  emit(
    {
      kind: 'resource.compared',
      ...(token.client_id === undefined ? {} : { client_id: token.client_id }),
      requested: token.aud,
      configured: resource,
      same,
      strict: oauthStrict,
    },
    same ? 'info' : 'warning',
  );
  if (!same && oauthStrict) {
    throw new OAuthError('invalid_token', 'the access token was issued for another resource', {
      reason: 'audience_mismatch',
      detail: `aud is ${token.aud.join(', ') || 'empty'}; --audience accepts a value beside ${resource}`,
    });
  }
}

/** A URL may be spelled in several ways; what is none, as a client id, is compared as it is. */
function isSameAudience(value: string, own: string): boolean {
  return value === own || (isResourceIdentifier(own) && isSameResource(value, own));
}
