import type { Kind } from '../records.js';

/** What the memory store keeps: records of each kind, and counters. */
export type StoredKind = Kind | 'counter';

/** A kind that has a share of the whole room to itself. */
export interface OwnShare {
  readonly kind: StoredKind;
  readonly percent: number;
  /** whether its oldest record makes room for a new one; otherwise no more is taken */
  readonly evicts: boolean;
}

/**
 * What strangers can have made without signing in, as often as they like: a flood of one kind fills its share, there the
 * oldest goes, and nothing else notices. A used_assertion does not go before it expires, since it could be used again
 * then.
 */
export const OWN_SHARES: readonly OwnShare[] = [
  { kind: 'interaction', percent: 5, evicts: true },
  { kind: 'unused_client', percent: 5, evicts: true },
  { kind: 'deleted_client', percent: 2, evicts: true },
  { kind: 'counter', percent: 5, evicts: true },
  { kind: 'login_slot', percent: 1, evicts: true },
  { kind: 'used_assertion', percent: 5, evicts: false },
];

/**
 * All other kinds share the rest, and where that is full, the oldest of the first kind in this list goes that has any.
 * What costs least comes first:
 *
 * - void_token, told_to_register: a line of the log; a client is told to register once more
 * - issued: a code or token that is presented a second time is refused as before, but does not end its grant any more. By
 *   far the most are of this kind, one for each refresh of the last weeks
 * - access_token: its client refreshes
 * - client_usage: how often a client was here
 * - session: somebody signs in again
 * - authorization_code: a flow has to be begun anew
 * - refresh_token, grant: a user has to sign in again for a client
 * - client: all its users have to, after it has registered again
 *
 * What is written anew counts as new, so of grants and clients those go first that were not used for the longest time. A
 * signing_key is not in the list and never goes: there are few, and without it every JWT is void.
 */
export const EVICTED_IN_ORDER: readonly StoredKind[] = [
  'void_token',
  'told_to_register',
  'issued',
  'access_token',
  'client_usage',
  'session',
  'authorization_code',
  'refresh_token',
  'grant',
  'client',
];
