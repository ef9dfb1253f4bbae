import { redeemAuthorizationCode } from './authorization-code.js';
import type { GrantHandler } from './grant-handler.js';
import { redeemRefreshToken } from './refresh-token.js';

/** The grant types that are served, by their name on the wire. */
export const GRANTS: ReadonlyMap<string, GrantHandler> = new Map([
  ['authorization_code', redeemAuthorizationCode],
  ['refresh_token', redeemRefreshToken],
]);
