import type { EmittedEvent } from '../../shared/events/events.js';
import { isRsUserAgent } from '../../shared/http/rs-user-agent.js';
import type { Captured, Ending } from './captured.js';
import { factsOf } from './facts.js';
import { broughtBy, givenBy, type RawMessage } from './links.js';
import { meaningOf } from './meaning.js';
import type { ExchangeLinks, Meaning, RecordedExchange } from './recorded-exchange.js';
import { redactedMessages } from './redacted-messages.js';

/** What is written beside the messages. */
interface Writing {
  /** of the process */
  readonly recorder: string;
  /** when the answer was there, in milliseconds since the epoch */
  readonly endedAt: number;
  /** an event in words */
  readonly describe: (event: EmittedEvent) => string;
}

/** Writes an exchange down, without its secrets and with what it means. */
export function writeDown(
  { number, at, request, peer, places, events, sent }: Captured,
  { response, received, truncated, error }: Ending,
  { recorder, endedAt, describe }: Writing,
): RecordedExchange {
  const { facts, links } = factsOf(events);
  const { method, url, headers } = request;
  const meaning = meaningOf(method, new URL(url), places);
  const raw = { url, headers, body: sent };
  return {
    recorder,
    number,
    to: places.server,
    from: fromOf(meaning, headers.get('user-agent')),
    observed_by: places.server,
    meaning,
    at,
    milliseconds: Math.max(0, endedAt - at),
    ...redactedMessages(
      raw,
      method,
      response && { status: response.status, headers: response.headers, body: received, truncated },
    ),
    error,
    reason_code: reasonOf(events),
    brought: { ...links, ...broughtIn(meaning, raw) },
    gave: response ? givenBy({ url, headers: response.headers, body: received }) : {},
    facts,
    said: events.filter(({ kind }) => kind !== 'request.served').map(describe),
    peer: peer ?? null,
  };
}

/** Who asks about a token is its resource server, whose own name is not that of the flow's client. */
function broughtIn(meaning: Meaning, raw: RawMessage): ExchangeLinks {
  const { client_id, ...links } = broughtBy(raw);
  return meaning === 'introspection' || client_id === undefined ? links : { ...links, client_id };
}

function reasonOf(events: readonly EmittedEvent[]): string | null {
  const served = events.findLast((event) => event.kind === 'request.served');
  if (served?.reason !== undefined) return served.reason;
  const refused = events.findLast((event) => 'reason' in event && event.reason !== undefined);
  return refused !== undefined && 'reason' in refused ? (refused.reason ?? null) : null;
}

/** What a person at a browser does. */
const BY_BROWSER: ReadonlySet<Meaning> = new Set(['authorization-request', 'sign-in', 'lever']);

function fromOf(meaning: Meaning, userAgent: string | null): RecordedExchange['from'] {
  if (meaning === 'introspection' || isRsUserAgent(userAgent)) return 'rs';
  return BY_BROWSER.has(meaning) ? 'browser' : 'client';
}
