import { parseScope } from '../../shared/oauth/scope.js';

/** The members that say what a token may do and whose it is, in the spellings of the products that are in use. */
export interface SpelledClaims {
  /** one string in RFC 7662 and RFC 9068; some write an array */
  readonly scope?: string | readonly string[] | undefined;
  /** the same at Entra (a string) and Okta (an array) */
  readonly scp?: string | readonly string[] | undefined;
  readonly client_id?: string | undefined;
  /** the client at Keycloak, Auth0 and Entra */
  readonly azp?: string | undefined;
  /** the client at Okta */
  readonly cid?: string | undefined;
  /** the client at Entra, in tokens of version 1 */
  readonly appid?: string | undefined;
}

/**
 * The scope of a token, `scope` before `scp`. One that can't be read is none: it grants nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3 RFC 9068 §2.2.3}
 */
export function scopeOf({ scope, scp }: SpelledClaims): readonly string[] {
  return parseScope([scope ?? scp ?? ''].flat().join(' ')) ?? [];
}

/** The client that a token was issued to, `client_id` before the others. */
export function clientOf({ client_id, azp, cid, appid }: SpelledClaims): string | undefined {
  return client_id ?? azp ?? cid ?? appid;
}

/** What products issue beside access tokens: Keycloak says so in `typ`, Cognito in `token_use`. */
const OTHER_KINDS: readonly (string | undefined)[] = ['id', 'refresh', 'offline', 'logout'];

/** Whether what a token says of its own kind is another one than an access token. */
export function isOfOtherKind(kind: string | undefined): boolean {
  return OTHER_KINDS.includes(kind?.toLowerCase());
}
