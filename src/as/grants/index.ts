import { redeemAuthorizationCode } from './authorization-code.js';
import { grantToClient } from './client-credentials.js';
import type { GrantHandler } from './grant-handler.js';
import { redeemRefreshToken } from './refresh-token.js';

/** The grant types that can be served (capabilities say which of them are), by their name on the wire. */
export const GRANTS: ReadonlyMap<string, GrantHandler> = new Map([
  ['authorization_code', redeemAuthorizationCode],
  ['refresh_token', redeemRefreshToken],
  ['client_credentials', grantToClient],
]);
