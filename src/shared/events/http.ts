import type { RefusalReason } from '../oauth/errors.js';

/** One HTTP request as the access log knows it; the query is left out, since it holds codes and state. */
export interface RequestServed {
  readonly kind: 'request.served';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** which route of this server that is, as `/register/:client_id`; absent where nothing is at the path */
  readonly route?: string;
  /** until the answer was there; the body of a stream goes on */
  readonly milliseconds?: number;
  /** stable reason code of a refusal */
  readonly reason?: RefusalReason;
  readonly user_agent?: string;
}

/**
 * A request was refused that no other event tells of: by a page, or before it came to the rules of its endpoint.
 * An unknown path is not told of, as clients look for metadata in many places.
 */
export interface RequestRefused {
  readonly kind: 'request.refused';
  readonly method: string;
  readonly path: string;
  readonly error: string;
  readonly reason: RefusalReason;
  /** what the client was told */
  readonly description: string;
  /** what only the operator may read */
  readonly detail?: string;
}

/**
 * There were too many requests, or failures, from an address. Told once for each window, and not with every request that
 * is refused for it.
 */
export interface RateLimitReached {
  readonly kind: 'rate_limit.reached';
  /** the name of the limit, as `docs/rate-limits.md` has it */
  readonly limit: string;
  /** what was counted, in words */
  readonly counts: string;
  /** an IPv4 address, or a network of IPv6 as `2001:db8::/64`; empty where it is not known */
  readonly address: string;
  /** of a limit for one client at an address: what the client calls itself */
  readonly client_id?: string;
  readonly most: number;
  /** within so many seconds */
  readonly seconds: number;
  /** seconds until the next request is looked at */
  readonly retry_after: number;
}

/**
 * What listens has refused requests, or connections, before a server saw them. The first of an address for a reason is told
 * at once, and those that come soon after it together. Nothing of what they sent is told: it may be anything.
 */
export interface ListenerRefused {
  readonly kind: 'listener.refused';
  /** an IPv4 address, or a network of IPv6 as `2001:db8::/64`; empty where it is not known, or stands for many */
  readonly address: string;
  /** what they were answered; absent where a connection was ended without a word */
  readonly status?: number | undefined;
  readonly reason: RefusalReason;
  /** how many; those of all events are told once */
  readonly count: number;
  /** within so many seconds; absent from the first, which is told at once */
  readonly seconds?: number;
}

/** Something in the server itself went wrong; the client got `server_error`. */
export interface ServerFault {
  readonly kind: 'server.fault';
  readonly path: string;
  readonly message: string;
}

/** The audit log cannot be written to; told once, until it can be again. What happens meanwhile waits, within bounds. */
export interface AuditLogFailed {
  readonly kind: 'audit_log.failed';
  /** why, for the operator */
  readonly message: string;
}

/** The audit log is written to again. */
export interface AuditLogRecovered {
  readonly kind: 'audit_log.recovered';
  /** how many of its lines were not kept, since there were too many */
  readonly lost: number;
}

/** A request came in under another loopback name than the one that clients should use; it was served. */
export interface OtherHostUsed {
  readonly kind: 'host.other_name';
  readonly host: string;
  readonly use_instead: string;
}
