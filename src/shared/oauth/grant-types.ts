/**
 * The grant types that our authorization server knows.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4 OAuth 2.1 §4}
 */
export const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
/** One of them. */
export type GrantType = (typeof GRANT_TYPES)[number];
