import * as z from 'zod';
import { printableJson } from '../../../shared/printable.js';
import { clientEvidence } from '../../../shared/oauth/client-evidence.js';
import { recordedExchange } from '../../record/recorded-exchange.js';
import { isoTime } from '../../watch/document/places.js';
import { flowOutcome, flowStepId, registrationVerdict } from '../../trace/trace.js';
import { clientGuess, finding } from '../../trace/watched-facts.js';
import type { WatchedFlow } from '../../watch/watched-flow.js';
import type { WatchEvent } from '../../watching.js';

/** How a flow stands. */
const flowState = z.object({
  /** as in `f12`: counted from 1 while this watch goes on */
  flow: z.string(),
  /** null until the client named one */
  client_id: z.string().nullable(),
  client: clientGuess.nullable(),
  /** null where nothing tells it */
  route: registrationVerdict.shape.route,
  because: z.array(z.string()),
  /** null while the client is under way */
  outcome: flowOutcome.nullable(),
  /** why it did not complete */
  reason: z.string().nullable(),
  /** the flow that this one takes up */
  follows: z.string().nullable(),
  last_step: flowStepId.nullable(),
  /** ISO 8601 */
  started_at: z.string(),
  /** ISO 8601; null if the token never was accepted */
  token_last_used_at: z.string().nullable(),
  /** how many belong to it */
  exchanges: z.number().int(),
  findings: z.array(finding),
});

/** One line of `inspect-flow watch --json`. */
export const watchLine = z.discriminatedUnion('type', [
  /** how it stands with a server */
  z.object({
    type: z.literal('server'),
    server: z.enum(['as', 'rs']),
    url: z.string(),
    state: z.enum(['connected', 'back', 'restarted', 'lost', 'absent', 'refused']),
    detail: z.string(),
    /** exchanges that it served and did not write down */
    skipped: z.number().int(),
  }),
  /** no authorization server was found */
  z.object({ type: z.literal('alone'), why: z.string() }),
  /** what the authorization server knows of the client of `--client-id`; null where it does not tell, or knows nothing */
  z.object({ type: z.literal('client'), client_id: z.string(), evidence: clientEvidence.nullable() }),
  /** what was there before has been taken in */
  z.object({ type: z.literal('ready'), flows: z.number().int(), open: z.number().int() }),
  /** an exchange */
  z.object({
    type: z.literal('step'),
    /** ISO 8601 */
    at: z.string(),
    flow: z.string(),
    client_id: z.string().nullable(),
    client: z.string().nullable(),
    step: flowStepId,
    status: z.number().int().nullable(),
    reason_code: z.string().nullable(),
    /** what shows that it belongs to this flow */
    linked_by: z.string(),
    exchange: recordedExchange,
  }),
  z.object({ type: z.literal('finding'), flow: z.string(), finding }),
  /** two flows turned out to be one: `gone` is part of `flow` */
  z.object({ type: z.literal('joined'), flow: z.string(), gone: z.string() }),
  flowState.extend({ type: z.literal('ended') }),
  /** the last line */
  z.object({
    type: z.literal('over'),
    why: z.enum(['once', 'time', 'interrupted', 'nothing']),
    flows: z.array(flowState),
  }),
]);
/** One line of `inspect-flow watch --json`. */
export type WatchLine = z.infer<typeof watchLine>;

/** An event as a line of JSON. */
export function renderWatchLine(line: WatchLine): string {
  return `${printableJson(line)}\n`;
}

/** What happened, in the form of a line. */
export function watchLineOf(event: WatchEvent): WatchLine {
  switch (event.type) {
    case 'server': {
      const { server, state, detail, skipped } = event;
      return { type: 'server', ...server, state, detail, skipped };
    }
    case 'alone':
    case 'ready':
      return event;
    case 'step': {
      const { flow, added } = event;
      const { exchange, step, linkedBy } = added;
      return {
        type: 'step',
        at: isoTime(exchange.at),
        flow: flow.id,
        client_id: flow.clientId ?? null,
        client: flow.client?.name ?? null,
        step,
        status: exchange.response?.status ?? null,
        reason_code: exchange.reason_code,
        linked_by: linkedBy,
        exchange,
      };
    }
    case 'finding':
      return { type: 'finding', flow: event.flow.id, finding: event.finding };
    case 'joined':
      return { type: 'joined', flow: event.flow.id, gone: event.gone };
    case 'ended':
      return { type: 'ended', ...stateOf(event.flow) };
    case 'over':
      return { type: 'over', why: event.why, flows: event.flows.map(stateOf) };
  }
}

function stateOf(flow: WatchedFlow): z.infer<typeof flowState> {
  const { clientId, client, route, outcome, reason, follows, lastStep, startedAt, tokenLastUsedAt } = flow;
  return {
    flow: flow.id,
    client_id: clientId ?? null,
    client: client ?? null,
    route: route.route,
    because: route.because,
    outcome: outcome ?? null,
    reason: reason ?? null,
    follows: follows ?? null,
    last_step: lastStep ?? null,
    started_at: isoTime(startedAt),
    token_last_used_at: tokenLastUsedAt === undefined ? null : isoTime(tokenLastUsedAt),
    exchanges: flow.exchanges.length + flow.omitted,
    findings: [...flow.findings],
  };
}
