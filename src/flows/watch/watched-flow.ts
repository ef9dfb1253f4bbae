import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { FlowOutcome, FlowStepId, RegistrationVerdict } from '../trace/trace.js';
import type { ClientGuess, Finding } from '../trace/watched-facts.js';

/** An exchange in its flow. */
export interface LinkedExchange {
  readonly exchange: RecordedExchange;
  readonly step: FlowStepId;
  /** what shows that it belongs here, in words */
  readonly linkedBy: string;
}

/** How a client came by its client_id, as far as it can be told. */
export type WatchedRoute = Pick<RegistrationVerdict, 'route' | 'because'>;

/** One client's attempt to get from its first request to a tool call, as the servers saw it. */
export interface WatchedFlow {
  /** as in `f12`: counted from 1 */
  readonly id: string;
  /** undefined until the client named one */
  readonly clientId: string | undefined;
  /** id of the flow that this one takes up, after that one was refused or given up; undefined where there is none */
  readonly follows?: string | undefined;
  /** a guess, with what it rests on */
  readonly client: ClientGuess | undefined;
  /** URL of the MCP server; undefined where only the authorization server was seen */
  readonly target: string | undefined;
  readonly issuer: string | undefined;
  /** milliseconds since the epoch */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** in the order in which the requests came */
  readonly exchanges: readonly LinkedExchange[];
  /** how many were left out, since a flow keeps so many and no more */
  readonly omitted: number;
  /** undefined while the client is under way; it may go on after it has completed, as with a refresh */
  readonly outcome: FlowOutcome | undefined;
  /** why it did not complete */
  readonly reason: string | undefined;
  readonly route: WatchedRoute;
  /** the last step that the client came to */
  readonly lastStep: FlowStepId | undefined;
  /** when the token was last accepted, in milliseconds since the epoch */
  readonly tokenLastUsedAt: number | undefined;
  readonly findings: readonly Finding[];
}

/** What the watched servers know of a client, over all its flows. */
export interface WatchedClient {
  readonly clientId: string;
  readonly client: ClientGuess | undefined;
  /** what it called itself when it registered, or in its metadata document */
  readonly name: string | undefined;
  /** how and when it came, by the record of the authorization server or by what was seen; milliseconds since the epoch */
  readonly route: WatchedRoute;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** ids of its flows that are kept, the oldest first */
  readonly flows: readonly string[];
}

/** What happens while flows are watched. A flow is handed over as it is after that. */
export type WatchUpdate =
  | { readonly type: 'flow-began'; readonly flow: WatchedFlow }
  | { readonly type: 'exchange'; readonly flow: WatchedFlow; readonly added: LinkedExchange }
  | { readonly type: 'finding'; readonly flow: WatchedFlow; readonly finding: Finding }
  /** it has an outcome; told once for each flow */
  | { readonly type: 'flow-ended'; readonly flow: WatchedFlow }
  /** two that turned out to be one: `gone` is in `flow` now */
  | { readonly type: 'flows-joined'; readonly flow: WatchedFlow; readonly gone: string }
  /** forgotten, to make room */
  | { readonly type: 'flow-dropped'; readonly id: string };
