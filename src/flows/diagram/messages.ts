import type { MessageRow, NoteRow } from './diagram.js';
import { messageLabels, requestDetails, toneOf } from './labels.js';
import type { FlowDocument, FrontChannelMessage, TracedExchange } from '../trace/trace.js';

/** So many requests of a browser in a row are shown one by one; of more only the first, and where they led to. */
const MAX_PAGES = 2;

/**
 * What went between the parties: each exchange as request and response, and what went by way of the browser.
 *
 * @param document as {@link diagramOf} has it
 */
export function messagesOf(document: FlowDocument): readonly (MessageRow | NoteRow)[] {
  return [
    ...stretches(document.exchanges).flatMap((stretch) => rowsOf(stretch, document)),
    ...document.front_channel.flatMap((message) => frontChannelRows(message, document)),
  ];
}

/** Exchanges that follow each other and are shown as one thing, as they happened. */
type Stretch = readonly [TracedExchange, ...TracedExchange[]];

/** Puts together the pages of one sign-in, and requests that got the same answer again. */
function stretches(exchanges: readonly TracedExchange[]): readonly Stretch[] {
  const found: [TracedExchange, ...TracedExchange[]][] = [];
  for (const exchange of exchanges) {
    const side = found.find(([first]) => areOfOneLook(first, exchange));
    if (side !== undefined) {
      side.push(exchange);
      continue;
    }
    const last = found.at(-1);
    const belongs = last !== undefined && (areOfOneVisit(last[0], exchange) || isRepeated(last[0], exchange));
    if (belongs) last.push(exchange);
    else found.push([exchange]);
  }
  return found;
}

function areOfOneVisit(one: TracedExchange, other: TracedExchange): boolean {
  return one.from === 'browser' && other.from === 'browser' && one.step === other.step;
}

/** The requests by which one server is looked at as a page would are sent side by side, and say little one by one. */
function areOfOneLook(one: TracedExchange, other: TracedExchange): boolean {
  return one.step === 'cross-origin' && other.step === 'cross-origin' && one.to === other.to;
}

function isRepeated(one: TracedExchange, other: TracedExchange): boolean {
  return one.step === other.step && one.to === other.to && sameLook(one) === sameLook(other);
}

function sameLook(exchange: TracedExchange): string {
  const { request, response } = messageLabels(exchange);
  return JSON.stringify([exchange.from, request, requestDetails(exchange), response]);
}

function rowsOf(stretch: Stretch, document: FlowDocument): readonly (MessageRow | NoteRow)[] {
  const [first, ...others] = stretch;
  if (others.length === 0) return exchangeRows(first, document);
  if (first.from === 'browser') {
    if (stretch.length <= MAX_PAGES) return stretch.flatMap((one) => exchangeRows(one, document));
    return [...exchangeRows(first, document), ...visitRows(others, document)];
  }
  if (first.step === 'cross-origin') return lookRows(stretch, document);
  return exchangeRows(first, document).map((row) =>
    row.kind === 'message' && row.part === 'request'
      ? { ...row, details: [`${stretch.length} times`, ...row.details] }
      : { ...row, ...(row.kind === 'message' && { milliseconds: timeOf(stretch) }) },
  );
}

/** What a browser did after its first page, as one request and the last response. */
function visitRows(
  exchanges: readonly TracedExchange[],
  document: FlowDocument,
): readonly (MessageRow | NoteRow)[] {
  const last = exchanges.at(-1)!;
  const from = messageLabels(exchanges[0]!).request;
  const to = messageLabels(last).request;
  return exchangeRows(last, document).map((row) => {
    if (row.kind !== 'message') return row;
    if (row.part !== 'request') return { ...row, milliseconds: timeOf(exchanges) };
    const label = from === to ? to : `${from} … ${to}`;
    return { ...row, label, details: [`${exchanges.length} requests`] };
  });
}

/** All requests of one look as one, with each answer that there was; sorted, since they end in no certain order. */
function lookRows(stretch: Stretch, document: FlowDocument): readonly (MessageRow | NoteRow)[] {
  const [first] = stretch;
  const methods = new Set(stretch.map(({ request }) => request.method));
  const answers = new Set(stretch.map(({ response }) => response?.status ?? 'no answer'));
  return exchangeRows(first, document).map((row) => {
    if (row.kind !== 'message') return row;
    return row.part === 'request'
      ? { ...row, label: [...methods].toSorted().join(', '), details: [`${stretch.length} requests`] }
      : {
          ...row,
          label: [...answers].map(String).toSorted().join(', '),
          details: [],
          milliseconds: Math.max(...stretch.map(({ milliseconds }) => milliseconds)),
        };
  });
}

function timeOf(exchanges: readonly TracedExchange[]): number {
  return exchanges.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
}

function exchangeRows(exchange: TracedExchange, document: FlowDocument): readonly (MessageRow | NoteRow)[] {
  const { sequence, until, step, from, to, milliseconds, response, error } = exchange;
  const labels = messageLabels(exchange);
  if (response === null && error?.startsWith('not sent')) {
    const label = `${labels.request} ${error}`;
    return [{ kind: 'note', sequence, step, over: from, label, tone: 'error' }];
  }
  const common = { kind: 'message' as const, sequence, step };
  return [
    {
      ...common,
      part: 'request',
      from,
      to,
      label: labels.request,
      details: requestDetails(exchange),
      tone: 'ok',
      milliseconds: null,
    },
    {
      ...common,
      sequence: until ?? sequence,
      part: response === null ? 'lost' : 'response',
      from: to,
      to: from,
      label: labels.response,
      details: labels.responseDetails,
      tone: toneOf(exchange, hasFailed(exchange, document)),
      milliseconds,
    },
  ];
}

/** Whether the step to which an exchange belongs failed. */
function hasFailed({ sequence }: TracedExchange, { steps }: FlowDocument): boolean {
  return steps.some((step) => step.outcome === 'failed' && step.sequence < sequence && sequence < step.until);
}

/** With a browser of the user only the client's side is seen; what the browser must have done is drawn all the same. */
function frontChannelRows(
  { sequence, step, kind, url }: FrontChannelMessage,
  { exchanges }: FlowDocument,
): readonly MessageRow[] {
  const isWatched = exchanges.some(({ from }) => from === 'browser');
  const { path, details, error } = frontChannelLabel(url);
  const tone = error === null ? ('ok' as const) : ('refused' as const);
  const row = { kind: 'message' as const, sequence, step, milliseconds: null };
  if (kind === 'authorization-request') {
    const request = { ...row, part: 'request' as const, tone: 'ok' as const };
    return [
      { ...request, from: 'client', to: 'browser', label: `open ${path}`, details: [] },
      ...(isWatched
        ? []
        : [{ ...request, from: 'browser' as const, to: 'as' as const, label: `GET ${path}`, details }]),
    ];
  }
  const label = error === null ? `GET ${path}` : `GET ${path} ${error}`;
  return [
    ...(isWatched
      ? []
      : [
          {
            ...row,
            part: 'response' as const,
            from: 'as' as const,
            to: 'browser' as const,
            label: error === null ? '→ callback' : `→ callback ${error}`,
            details: [],
            tone,
          },
        ]),
    { ...row, part: 'request', from: 'browser', to: 'client', label, details, tone },
  ];
}

function frontChannelLabel(url: string) {
  const parsed = URL.parse(url);
  return {
    path: parsed?.pathname ?? url,
    details: requestDetails({ request: { method: 'GET', url, headers: {}, body: null } }),
    error: parsed?.searchParams.get('error') ?? null,
  };
}
