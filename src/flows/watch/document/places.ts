import type { RecordedExchange } from '../../record/recorded-exchange.js';
import type { FlowDocument, FlowStepId, TracedExchange } from '../../trace/trace.js';
import type { LinkedExchange, WatchedFlow } from '../watched-flow.js';
import { authorizationAnswerOf } from './authorization-answer.js';
import { decisionsShownBy } from './decisions.js';
import { endingOf } from './endings.js';
import { identifiersIn } from './identifiers.js';
import { skippedSteps } from './skipped.js';
import { type Stretch, stretchesOf } from './stretches.js';

/** What of a document has a place in it. */
export type Placed = Pick<
  FlowDocument,
  'steps' | 'exchanges' | 'front_channel' | 'decisions' | 'identifiers'
>;

/** Gives everything that was seen of a flow its place: requests in the order in which they came, answers when they went. */
export function placed(flow: WatchedFlow): Placed {
  const all: { readonly [Member in keyof Placed]: Placed[Member][number][] } = {
    steps: [],
    exchanges: [],
    front_channel: [],
    decisions: [],
    identifiers: [],
  };
  let last = 0;
  const next = () => (last += 1);
  const stretches = stretchesOf(flow);
  const skipped = skippedSteps(stretches, flow);

  function skip(place: number): void {
    for (const { id, reason } of skipped.get(place) ?? []) {
      all.steps.push({ sequence: next(), until: next(), id, outcome: 'skipped', reason, milliseconds: 0 });
    }
  }

  function frontChannel(
    step: FlowStepId,
    kind: 'authorization-request' | 'authorization-response',
    url: string,
    at: number,
  ) {
    all.front_channel.push({ sequence: next(), step, at: isoTime(at), kind, url });
  }

  function begun({ exchange, step }: LinkedExchange): void {
    if (exchange.meaning === 'authorization-request') {
      frontChannel(step, 'authorization-request', exchange.request.url, exchange.at);
    }
  }

  function ended(linked: LinkedExchange, index: number): void {
    const { exchange, step } = linked;
    const before = flow.exchanges.slice(0, index).map((one) => one.exchange);
    for (const identifier of identifiersIn(exchange, flow.exchanges)) {
      all.identifiers.push({ sequence: next(), step, ...identifier });
    }
    for (const decision of decisionsShownBy(linked, before)) {
      all.decisions.push({ sequence: next(), step, ...decision });
    }
    const answer = authorizationAnswerOf(exchange, flow.exchanges);
    if (answer && step !== 'authorization') {
      frontChannel(step, 'authorization-response', answer.url, exchange.at + exchange.milliseconds);
    }
  }

  /** Requests and answers as they followed each other. */
  function tell({ linked }: Stretch, offset: number): void {
    const places = new Map<LinkedExchange, { readonly sequence: number; until: number | null }>();
    for (const { one, isEnd } of inOrderOfTime(linked)) {
      const place = places.get(one);
      if (!isEnd || !place) {
        begun(one);
        places.set(one, { sequence: next(), until: null });
        continue;
      }
      if (last !== place.sequence) place.until = next();
      ended(one, offset + linked.indexOf(one));
    }
    for (const one of linked) all.exchanges.push(tracedExchangeOf(one, places.get(one)!));
  }

  let offset = 0;
  for (const [index, stretch] of stretches.entries()) {
    skip(index);
    const sequence = next();
    const answered = stretch.id === 'callback' ? answerBefore(offset, flow) : undefined;
    if (answered) frontChannel('callback', 'authorization-response', answered.url, stretch.from);
    tell(stretch, offset);
    offset += stretch.linked.length;
    all.steps.push({
      sequence,
      until: next(),
      id: stretch.id,
      ...endingOf(stretch, stretches.slice(index + 1), flow),
      milliseconds: Math.max(0, Math.round(stretch.to - stretch.from)),
    });
  }
  skip(stretches.length);
  return all;
}

/** Begin and end of each exchange; what was asked while another waited for its answer stands in between. */
function inOrderOfTime(linked: readonly LinkedExchange[]) {
  return linked
    .flatMap((one) => [
      { one, isEnd: false, at: one.exchange.at },
      { one, isEnd: true, at: one.exchange.at + one.exchange.milliseconds },
    ])
    .toSorted((first, second) => first.at - second.at);
}

function answerBefore(offset: number, { exchanges }: WatchedFlow) {
  const before = exchanges[offset - 1];
  return before && authorizationAnswerOf(before.exchange, exchanges);
}

function tracedExchangeOf(
  { exchange, step, linkedBy }: LinkedExchange,
  place: Pick<TracedExchange, 'sequence' | 'until'>,
): TracedExchange {
  const { observed_by, from, to, at, milliseconds, request, response, error, reason_code }: RecordedExchange =
    exchange;
  return {
    ...place,
    step,
    observed_by,
    from,
    to,
    at: isoTime(at),
    milliseconds: Math.max(0, Math.round(milliseconds)),
    request,
    response,
    error,
    by_user: null,
    reason_code,
    linked_by: linkedBy,
  };
}

/** A time that no date can have, as a hostile process may tell it, is the epoch. */
export function isoTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  return (Number.isNaN(date.getTime()) ? new Date(0) : date).toISOString();
}
