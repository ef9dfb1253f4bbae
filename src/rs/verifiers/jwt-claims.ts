import * as z from 'zod';
import { clientOf, isOfOtherKind, scopeOf } from './claims.js';
import { invalidToken, ofAnotherIssuer } from './invalid-token.js';
import type { VerifiedToken } from './token-verifier.js';

const time = z.number().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Not of RFC 9068; it counts where it can be read. */
const kind = z.string().optional().catch(undefined);

const scopes = z.union([z.string(), z.array(z.string())]).optional();

/** The claims that are looked at; unknown ones are kept. */
const CLAIMS = z.looseObject({
  iss: z.string(),
  exp: time,
  nbf: time.optional(),
  iat: time.optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  sub: z.string().optional(),
  client_id: z.string().optional(),
  azp: z.string().optional(),
  cid: z.string().optional(),
  appid: z.string().optional(),
  cnf: z.unknown().optional(),
  scope: scopes,
  scp: scopes,
  typ: kind,
  token_use: kind,
});

/** What the claims are held against. */
export interface ExpectedClaims {
  /** the issuer whose keys the signature fits, in its own spelling */
  readonly issuer: string;
  /** seconds since the epoch */
  readonly now: number;
  /** how far the clocks may be apart, in seconds */
  readonly toleranceSeconds: number;
}

/**
 * Holds the claims of a token, whose signature is good, against what must be true of it. Its audience is not looked at:
 * that is the same for tokens of all kinds.
 *
 * @param payload the JSON that was signed
 * @param fingerprint of the token
 * @throws OAuthError `invalid_token`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function verifiedFromClaims(
  payload: unknown,
  fingerprint: string,
  { issuer, now, toleranceSeconds }: ExpectedClaims,
): VerifiedToken {
  const parsed = CLAIMS.safeParse(payload);
  if (!parsed.success) throw malformed(parsed.error);
  const { iss, exp, nbf = 0, iat = 0, aud = [], sub, cnf, ...claims } = parsed.data;
  if (iss !== issuer) throw ofAnotherIssuer(iss);
  if (exp <= now - toleranceSeconds) {
    throw invalidToken('token_expired', 'the access token has expired', `exp was ${now - exp} s ago`);
  }
  const begins = Math.max(nbf, iat);
  if (begins > now + toleranceSeconds) {
    throw invalidToken(
      'token_not_yet_valid',
      'the access token is not valid yet',
      `${nbf > iat ? 'nbf' : 'iat'} is ${begins - now} s from now`,
    );
  }
  checkKind(claims);
  if (cnf !== undefined) {
    throw invalidToken(
      'not_a_bearer_token',
      'the token is not a bearer access token',
      'cnf binds it to a key',
    );
  }
  const client_id = clientOf(claims);
  return {
    fingerprint,
    iss,
    ...(client_id === undefined ? {} : { client_id }),
    ...(sub === undefined ? {} : { sub }),
    exp,
    scope: scopeOf(claims),
    aud: [aud].flat(),
    claims: parsed.data,
  };
}

/**
 * With `--accept-typ JWT` the header does not tell an ID token from an access token. Some products do in the claims.
 *
 * @throws OAuthError `invalid_token`
 */
function checkKind({
  typ,
  token_use,
}: {
  readonly typ?: string | undefined;
  readonly token_use?: string | undefined;
}): void {
  const other = [typ, token_use].find(isOfOtherKind);
  if (other === undefined) return;
  throw invalidToken(
    'token_type_wrong',
    'the JWT is not an access token',
    `its claims say that it is ${other}`,
  );
}

function malformed({ issues }: z.ZodError) {
  const claim = issues[0]?.path[0];
  return invalidToken(
    'token_claims_malformed',
    'the access token has not the claims that it must have',
    claim === undefined ? 'the payload is not a JSON object' : `${String(claim)} is missing or malformed`,
  );
}
