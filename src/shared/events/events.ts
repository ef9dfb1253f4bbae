import type { RefusalReason } from '../oauth/errors.js';
import type { AuthorizationServerEvent } from './authorization-server.js';
import type { ResourceServerEvent } from './resource-server.js';

/**
 * What happened, in OAuth terms: the one stream that log, recorder, audit log and metrics are fed from.
 * An event never holds a secret, code or token; where one must be recognisable, it holds its fingerprint.
 */
export type ServerEvent = AuthorizationServerEvent | ResourceServerEvent;

/** Something to worry about is a `warning`, something that failed here an `error`, an access line `debug`. */
export type EventLevel = 'debug' | 'info' | 'warning' | 'error';

/** What every event carries beside its own members. */
export interface EventEnvelope {
  /** seconds since the epoch */
  readonly at: number;
  readonly server: 'as' | 'rs';
  readonly level: EventLevel;
}

export type EmittedEvent = ServerEvent & EventEnvelope;

/** Where events go; the command hands it in. It must not throw and must not wait. */
export type EventSink = (event: EmittedEvent) => void;

/** One HTTP request as the access log knows it; the query is left out, since it holds codes and state. */
export interface RequestServed {
  readonly kind: 'request.served';
  readonly method: string;
  readonly path: string;
  readonly status: number;
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
  readonly description: string;
}

/** Something in the server itself went wrong; the client got `server_error`. */
export interface ServerFault {
  readonly kind: 'server.fault';
  readonly path: string;
  readonly message: string;
}

/** A request came in under another loopback name than the one that clients should use; it was served. */
export interface OtherHostUsed {
  readonly kind: 'host.other_name';
  readonly host: string;
  readonly use_instead: string;
}
