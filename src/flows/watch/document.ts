import { NEWEST_REVISION } from '../../shared/oauth/revisions.js';
import { VERSION } from '../../shared/version.js';
import type { FlowDocument } from '../trace/trace.js';
import type { WatchedFacts } from '../trace/watched-facts.js';
import { isoTime, placed } from './document/places.js';
import { parameterOf, textOf } from './document/messages.js';
import type { WatchedFlow } from './watched-flow.js';

/** What a document says beside what is in the flow. */
export interface DocumentOptions {
  /** what writes it; `inspect-flow watch` if nothing is said */
  readonly generator?: FlowDocument['generator'];
  /** what the watching changed or could not see, one sentence each */
  readonly notes?: readonly string[];
}

/** So many addresses and user agents are named; a flow of one client has few. */
const MAX_NAMED = 20;

/**
 * A watched flow as a trace, so that it can be shown, saved and compared like one of `inspect-flow`. A flow that goes on has
 * one too, of what was seen so far, with the outcome `under-way`.
 */
export function documentOf(flow: WatchedFlow, options: DocumentOptions = {}): FlowDocument {
  const { generator = { name: 'mcp-oauth-demo inspect-flow watch', version: VERSION } } = options;
  const outcome = flow.outcome ?? 'under-way';
  const ended = flow.exchanges.reduce(
    (latest, { exchange }) => Math.max(latest, exchange.at + exchange.milliseconds),
    flow.startedAt,
  );
  return {
    version: 1,
    generator,
    started_at: isoTime(flow.startedAt),
    milliseconds: Math.max(0, Math.round(ended - flow.startedAt)),
    target: targetOf(flow),
    network: { proxies: [], tls_verified: true },
    revision: revisionOf(flow),
    outcome,
    reason: flow.reason ?? (outcome === 'under-way' ? progressOf(flow) : null),
    registration: registrationOf(flow),
    ...placed(flow),
    checks: [],
    expectations: [],
    watched: watchedFactsOf(flow, options.notes ?? []),
  };
}

/** Where only the authorization server was seen, the client may have named the MCP server to it. */
function targetOf({ target, issuer, exchanges }: WatchedFlow): string {
  if (target !== undefined) return target;
  const named = exchanges.flatMap(({ exchange }) => parameterOf(exchange.request, 'resource') ?? []);
  return named[0] ?? issuer ?? exchanges[0]?.exchange.request.url ?? '';
}

/** What was spoken last: the header says it from the second request on, the server's own event at once. */
function revisionOf({ exchanges }: WatchedFlow): string {
  const told = exchanges.flatMap(
    ({ exchange: { facts, request } }) =>
      textOf(request.headers['mcp-protocol-version']) ?? facts.protocol_version ?? [],
  );
  return told.at(-1) ?? NEWEST_REVISION;
}

function progressOf({ lastStep }: WatchedFlow): string {
  return lastStep === undefined ? 'nothing was seen yet' : `the client has come to ${lastStep} so far`;
}

function registrationOf({ exchanges, clientId, route }: WatchedFlow): FlowDocument['registration'] {
  const called = exchanges.some(
    ({ exchange }) => exchange.meaning === 'registration' && exchange.response !== null,
  );
  const seen = called
    ? 'POST /register was called in this flow'
    : 'POST /register was not called in this flow';
  return {
    route: route.route,
    client_id: clientId ?? null,
    register_called: called,
    because: route.because[0]?.startsWith('POST /register was')
      ? [...route.because]
      : [seen, ...route.because],
    evidence: null,
    precedence: [],
    chosen: null,
    conforming: null,
  };
}

function watchedFactsOf(flow: WatchedFlow, notes: readonly string[]): WatchedFacts {
  const { id, client, exchanges, omitted, lastStep, tokenLastUsedAt, findings } = flow;
  const own = exchanges.map(({ exchange }) => exchange).filter(({ from }) => from !== 'rs');
  const isProxied = own.some((exchange) => exchange.observed_by === 'proxy');
  const unique = (texts: readonly (string | undefined)[]) =>
    [...new Set(texts.filter((text) => text !== undefined))].slice(0, MAX_NAMED);
  return {
    flow: id,
    by: isProxied ? 'proxy' : 'servers',
    client: client ?? null,
    addresses: unique(own.map(({ peer }) => peer?.address)),
    user_agents: unique(own.map(({ request }) => textOf(request.headers['user-agent']))),
    last_step: lastStep ?? null,
    token_last_used_at: tokenLastUsedAt === undefined ? null : isoTime(tokenLastUsedAt),
    findings: [...findings],
    notes: [
      ...(omitted === 0
        ? []
        : [
            `${omitted} ${omitted === 1 ? 'exchange of this flow was' : 'exchanges of this flow were'} not kept`,
          ]),
      ...notes,
    ],
  };
}
