import type { VerifiedToken } from '../verifiers/token-verifier.js';

/**
 * On whose behalf a token speaks: the client and the user together, as their authorization server knows them. Where it
 * names neither, each token is a principal of its own.
 */
export function principalOf({ iss, client_id, sub, fingerprint }: VerifiedToken): string {
  return client_id === undefined && sub === undefined
    ? JSON.stringify({ iss, fingerprint })
    : JSON.stringify({ iss, client_id, sub });
}

/**
 * Out of whose share a place is taken: the user's, through however many clients, since anybody may register as many as
 * they like. Where no user is named it is the principal's.
 */
export function holderOf(token: VerifiedToken): string {
  const { iss, sub } = token;
  return sub === undefined ? principalOf(token) : JSON.stringify({ iss, sub });
}

/** The client for the log, which shows something even where the authorization server names none. */
export function clientIdOf({ client_id }: VerifiedToken): string {
  return client_id ?? '(not named)';
}
