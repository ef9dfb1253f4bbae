import type { EmittedEvent } from '../../shared/events/events.js';
import type { Peer } from '../../shared/http/peer.js';
import type { ServerPlaces } from './places.js';

/** A request that is being answered, with its secrets: it lives until the answer is written down, and no longer. */
export interface Captured {
  /** its place among all, counted from 1 in the order in which requests came */
  readonly number: number;
  /** when it came, in milliseconds since the epoch */
  readonly at: number;
  readonly request: Request;
  readonly peer: Peer | undefined;
  readonly places: ServerPlaces;
  /** what the server told while it answered */
  readonly events: EmittedEvent[];
  /** what the server read of the request's body */
  sent: string;
}

/** How a request ended. */
export interface Ending {
  /** undefined where the server failed to give one */
  readonly response: Response | undefined;
  /** what was sent of its body, as far as it was taken down */
  readonly received: string;
  /** whether there was more, or may be */
  readonly truncated: boolean;
  /** what went wrong, in words */
  readonly error: string | null;
}

/** An answer costs nobody more than so many events. */
export const MAX_EVENTS = 64;
