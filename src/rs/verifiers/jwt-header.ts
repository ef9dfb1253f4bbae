import * as z from 'zod';
import { parseJson } from '../../shared/http/json.js';
import type { SignatureAlgorithm } from '../../shared/oauth/signature-algorithms.js';
import { invalidToken } from './invalid-token.js';

/** What an access token is typed as, which no other kind of JWT is (RFC 9068 §2.1). */
const ACCESS_TOKEN_TYPE = 'at+jwt';

/** What JWTs are typed as that say nothing of their kind. */
const PLAIN_TYPE = 'jwt';

/** What the header of a token is held against. */
export interface HeaderRules {
  readonly acceptedAlgorithms: readonly SignatureAlgorithm[];
  /** types of access tokens beside `at+jwt` */
  readonly acceptedTypes: readonly string[];
}

/**
 * The members that are looked at. A key in the header, or the URL of one (`jwk`, `jku`, `x5c`, `x5u`), is not among them:
 * the sender brought it along, so it proves nothing.
 */
const HEADER = z.object({
  alg: z.string(),
  typ: z.string().optional(),
  cty: z.string().optional(),
  crit: z.unknown().optional(),
});
type Header = z.output<typeof HEADER>;

/**
 * Makes the check of what a token says of itself. It comes before the signature, so that nobody's keys are fetched for
 * what would not be accepted anyway.
 *
 * @returns a function that throws OAuthError `invalid_token`
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function createHeaderCheck({
  acceptedAlgorithms,
  acceptedTypes,
}: HeaderRules): (token: string) => void {
  const types = [ACCESS_TOKEN_TYPE, ...acceptedTypes.map(normalisedType)];
  return (token) => {
    const { alg, typ, cty, crit } = headerOf(token);
    if (!acceptedAlgorithms.some((accepted) => accepted === alg)) {
      throw invalidToken(
        'token_algorithm_not_allowed',
        'the access token is signed with an algorithm that is not accepted here',
        `alg is ${alg}; accepted are ${acceptedAlgorithms.join(', ')}`,
      );
    }
    if (!types.includes(normalisedType(typ ?? PLAIN_TYPE))) {
      throw invalidToken(
        'token_type_wrong',
        'the JWT is not an access token',
        `typ is ${typ ?? 'not there'}; accepted are ${types.join(', ')}, and --accept-typ accepts more`,
      );
    }
    // What is critical must be understood, and no extension is (RFC 7515 §4.1.11).
    if (crit !== undefined) {
      throw invalidToken(
        'token_extension_unknown',
        'the access token needs an extension of JWS that is not known here',
      );
    }
    if (cty !== undefined && normalisedType(cty) === PLAIN_TYPE) {
      throw invalidToken('token_is_nested', 'the access token has another JWT in it');
    }
  };
}

/** @throws OAuthError `invalid_token` */
function headerOf(token: string): Header {
  const parts = token.split('.');
  // A JWE has two parts more (RFC 7516 §3.1).
  if (parts.length === 5)
    throw invalidToken('token_is_encrypted', 'encrypted access tokens are not read here');
  const header = HEADER.safeParse(parseJson(Buffer.from(parts[0]!, 'base64url').toString('utf8')));
  if (parts.length === 3 && parts.every(isBase64url) && header.success) return header.data;
  throw invalidToken(
    'token_not_a_jwt',
    'the access token is not a JWT',
    'does the authorization server issue opaque tokens? --verify=introspection is for those',
  );
}

/**
 * Whether a text is base64url as JWS has it: without padding, and spelled in the one way that there is. The last character
 * may have bits that do not count, so that others would stand for the same bytes.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-2 RFC 7515 §2}
 */
function isBase64url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}

/**
 * A media type as `typ` and `cty` have it: without `application/`, in any case.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9 RFC 7515 §4.1.9}
 */
function normalisedType(type: string): string {
  return type.toLowerCase().replace(/^application\//, '');
}
