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

/** An event as the sinks get it. */
export type EmittedEvent = ServerEvent & EventEnvelope;

/** Where events go; the command hands it in. It must not throw and must not wait. */
export type EventSink = (event: EmittedEvent) => void;
