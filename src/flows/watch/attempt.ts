import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { FlowOutcome, FlowStepId } from '../trace/trace.js';
import type { Origin } from './origin.js';
import type { LinkedExchange } from './watched-flow.js';

/** What an attempt has come to; nothing of it is ever taken back. */
export type Mark =
  | 'challenge'
  | 'resource-metadata'
  | 'authorization-server-metadata'
  | 'registration'
  | 'authorization'
  | 'code'
  | 'token'
  | 'refresh-token'
  | 'accepted'
  | 'ended';

/** A flow while it is put together. */
export interface Attempt {
  readonly id: string;
  /** its place among all attempts, in the order in which they were noticed */
  readonly place: number;
  /** changes with each change */
  version: number;
  /** where its client is; of the first request that was not a browser's */
  origin: Origin | undefined;
  clientId: string | undefined;
  /** id of the flow that it takes up after that one was refused */
  follows: string | undefined;
  /** sorted by the time of the request */
  readonly kept: LinkedExchange[];
  omitted: number;
  startedAt: number;
  updatedAt: number;
  readonly had: Set<Mark>;
  /** the last refusal, if nothing has made it good since */
  refusal: RecordedExchange | undefined;
  /** the last refusal was of the access token */
  bearerRefused: boolean;
  /** the token lacked a scope, and no other has been issued since */
  stepUp: boolean;
  /** fingerprint of the access token that is in force, as far as that is known */
  token: string | undefined;
  target: string | undefined;
  issuer: string | undefined;
  tokenLastUsedAt: number | undefined;
  outcome: FlowOutcome | undefined;
  reason: string | undefined;
  /** by what it can be found; the oldest first */
  readonly keys: Set<string>;
  /** for what it waits */
  readonly waits: Set<string>;
}

/** A flow that begins with an exchange. */
export function newAttempt(place: number, { at }: RecordedExchange): Attempt {
  return {
    id: `f${place}`,
    place,
    version: 0,
    origin: undefined,
    clientId: undefined,
    follows: undefined,
    kept: [],
    omitted: 0,
    startedAt: at,
    updatedAt: at,
    had: new Set(),
    refusal: undefined,
    bearerRefused: false,
    stepUp: false,
    token: undefined,
    target: undefined,
    issuer: undefined,
    tokenLastUsedAt: undefined,
    outcome: undefined,
    reason: undefined,
    keys: new Set(),
    waits: new Set(),
  };
}

/** Whether its client has not yet gone to authorize, nor come to a token otherwise. */
export function isDiscovering({ had, outcome }: Attempt): boolean {
  return outcome === undefined && !had.has('authorization') && !had.has('token') && !had.has('accepted');
}

/** The last request of the client or its user: not what servers ask each other, nor what somebody did who watches. */
export function lastRequestOf({ kept }: Attempt): LinkedExchange | undefined {
  return kept.findLast(
    ({ exchange: { from, meaning } }) => from !== 'rs' && meaning !== 'preflight' && meaning !== 'lever',
  );
}

/** The step of the last request, which is the one that the client came to. */
export function lastStepOf(attempt: Attempt): FlowStepId | undefined {
  return lastRequestOf(attempt)?.step;
}

/**
 * Puts an exchange in its place.
 *
 * @param most how many are kept: the first half of them, and the last
 */
export function keep(attempt: Attempt, linked: LinkedExchange, most: number): void {
  const { kept } = attempt;
  let place = kept.length;
  while (place > 0 && isBefore(linked.exchange, kept[place - 1]!.exchange)) place -= 1;
  kept.splice(place, 0, linked);
  if (kept.length <= most) return;
  kept.splice(Math.floor(most / 2), 1);
  attempt.omitted += 1;
}

function isBefore(one: RecordedExchange, other: RecordedExchange): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return one.recorder === other.recorder && one.number < other.number;
}
