import * as z from 'zod';
import { clientOf, isOfOtherKind, scopeOf } from './claims.js';
import { invalidToken, ofAnotherIssuer } from './invalid-token.js';
import type { VerifiedToken } from './token-verifier.js';

/** Seconds since the epoch; some write the number as a string. */
const seconds = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
]);

const oneOrMore = z.union([z.string(), z.array(z.string())]);

/** Members that RFC 7662 does not know may be anything; they count where they can be read. */
const foreign = z.string().optional().catch(undefined);

const members = z.looseObject({
  active: z.boolean(),
  scope: oneOrMore.optional(),
  scp: oneOrMore.optional().catch(undefined),
  client_id: z.string().optional(),
  azp: foreign,
  cid: foreign,
  appid: foreign,
  sub: z.string().optional(),
  aud: oneOrMore.optional(),
  iss: z.string().optional(),
  exp: seconds.optional(),
  nbf: seconds.optional(),
  token_type: z.string().optional(),
  token_use: foreign,
  typ: foreign,
});

/**
 * What an authorization server says of a token; unknown members are kept, and a member that is `null` is not there.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662 §2.2}
 */
export const introspectionResponse = z.preprocess(withoutNulls, members);
export type IntrospectionResponse = z.infer<typeof introspectionResponse>;

function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

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
  if (!response.active)
    throw invalidToken('token_inactive', 'the access token is unknown, expired or revoked');
  if (response.exp !== undefined && response.exp <= now) {
    throw invalidToken('token_expired', 'the access token has expired');
  }
  if (response.nbf !== undefined && response.nbf > now) {
    throw invalidToken('token_not_yet_valid', 'the access token is not valid yet');
  }
  if (response.iss !== undefined && response.iss !== issuer) {
    throw ofAnotherIssuer(response.iss);
  }
  checkIsBearer(response);
  const client = clientOf(response);
  return {
    fingerprint,
    iss: issuer,
    ...(client === undefined ? {} : { client_id: client }),
    ...(response.sub === undefined ? {} : { sub: response.sub }),
    ...(response.exp === undefined ? {} : { exp: response.exp }),
    scope: scopeOf(response),
    aud: response.aud === undefined ? [] : [response.aud].flat(),
    claims: response,
  };
}

/** `token_type` of an access token that anybody may present; the second is what some name the kind of token. */
const BEARER_TYPES = ['bearer', 'access_token'];

/**
 * A refresh token is active too, and so is a token that is bound to a key, which is no bearer token: whoever presents it
 * would have to prove that the key is theirs.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-7.2 RFC 9449 §7.2}
 * @throws OAuthError `invalid_token`
 */
function checkIsBearer({ token_type, token_use, typ, cnf }: IntrospectionResponse): void {
  const other =
    (token_type !== undefined && !BEARER_TYPES.includes(token_type.toLowerCase())
      ? `token_type is ${token_type}`
      : undefined) ??
    (token_use !== undefined && token_use !== 'access_token' ? `token_use is ${token_use}` : undefined) ??
    (isOfOtherKind(typ) ? `typ is ${typ}` : undefined) ??
    (cnf === undefined ? undefined : 'it is bound to a key (cnf)');
  if (other === undefined) return;
  throw invalidToken('not_a_bearer_token', 'the token is not a bearer access token', other);
}
