import * as z from 'zod';
import { OAuthError, type RefusalReason } from '../../shared/oauth/errors.js';
import { parseScope } from '../../shared/oauth/scope.js';
import type { VerifiedToken } from './token-verifier.js';

/**
 * What an authorization server says of a token; unknown members are kept.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662 §2.2}
 */
export const introspectionResponse = z.looseObject({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  iss: z.string().optional(),
  exp: z.number().optional(),
  nbf: z.number().optional(),
  token_type: z.string().optional(),
});
export type IntrospectionResponse = z.infer<typeof introspectionResponse>;

/** What the answer is held against. */
export interface Expected {
  /** the issuer, in the authorization server's own spelling */
  readonly issuer: string;
  /** seconds since the epoch */
  readonly now: number;
}

/**
 * Holds an introspection response against what must be true of a token that is accepted here. The authorization
 * server has said `active`; times, issuer and type are checked all the same, for what they cost.
 *
 * @param fingerprint of the token
 * @throws OAuthError `invalid_token`
 */
export function verifiedFrom(
  response: IntrospectionResponse,
  fingerprint: string,
  { issuer, now }: Expected,
): VerifiedToken {
  if (!response.active) throw invalid('token_inactive', 'the access token is unknown, expired or revoked');
  if (response.exp !== undefined && response.exp <= now) {
    throw invalid('token_expired', 'the access token has expired');
  }
  if (response.nbf !== undefined && response.nbf > now) {
    throw invalid('token_not_yet_valid', 'the access token is not valid yet');
  }
  if (response.iss !== undefined && response.iss !== issuer) {
    throw invalid('issuer_mismatch', 'the access token is of another issuer', `iss is ${response.iss}`);
  }
  // A refresh token is active too, and a token that is bound to a key is no bearer token.
  if (response.token_type !== undefined && response.token_type.toLowerCase() !== 'bearer') {
    throw invalid(
      'not_a_bearer_token',
      'the token is not a bearer access token',
      `token_type is ${response.token_type}`,
    );
  }
  return {
    fingerprint,
    iss: issuer,
    ...(response.client_id === undefined ? {} : { client_id: response.client_id }),
    ...(response.sub === undefined ? {} : { sub: response.sub }),
    ...(response.exp === undefined ? {} : { exp: response.exp }),
    scope: parseScope(response.scope ?? '') ?? [],
    aud: response.aud === undefined ? [] : [response.aud].flat(),
    claims: response,
  };
}

function invalid(reason: RefusalReason, description: string, detail?: string): OAuthError {
  return new OAuthError('invalid_token', description, {
    reason,
    ...(detail === undefined ? {} : { detail }),
  });
}
