import type { AccessTokenRecord } from '../store/records.js';

/** What an access token says, or what is said of it: of whom, for whom, for how long. */
export type AccessTokenClaims = Omit<AccessTokenRecord, 'grant_id'>;

/**
 * What access tokens look like on the wire. Whatever they look like, each has a record under its hash, and that record
 * decides what introspection says of it.
 */
export interface AccessTokenFormat {
  /** Makes a new token that says this; of two calls with the same claims, each makes its own. */
  mint(claims: AccessTokenClaims): Promise<string>;
}
