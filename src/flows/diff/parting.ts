import { type FlowDocument, type FlowStepId, FLOW_STEPS, LATER_STEPS } from '../trace/trace.js';
import { CONCURRENT_STEPS } from '../trace/concurrent-steps.js';
import type { Parting } from './difference.js';
import type { NormalForm } from './normal-form.js';

/** A deed of a flow, as it is told and compared. */
interface Deed {
  readonly step: FlowStepId;
  /** what has to be the same in both flows */
  readonly key: string;
  /** in words, with the reason */
  readonly told: string;
}

/**
 * Finds the first thing that one flow does, decides or is answered otherwise than the other.
 *
 * @returns null if there is none
 */
export function partingOf(
  a: FlowDocument,
  b: FlowDocument,
  normalA: NormalForm,
  normalB: NormalForm,
): Parting | null {
  const [ofA, ofB] = [deedsOf(a, normalA), deedsOf(b, normalB)];
  const place = Array.from({ length: Math.max(ofA.length, ofB.length) }).findIndex(
    (_none, index) => ofA[index]?.key !== ofB[index]?.key,
  );
  if (place < 0) return null;
  const [one, other] = [ofA[place], ofB[place]];
  const step = earlier(one?.step, other?.step);
  const [routeA, routeB] = [a.registration.route, b.registration.route];
  if (step === 'registration' && routeA !== routeB) {
    const routes = `a is ${routeA ?? 'without a client_id'}, b is ${routeB ?? 'without a client_id'}`;
    const why = whyOf(a, b);
    const what = `they part at registration: ${routes}${why === undefined ? '' : `, since ${why}`}`;
    return { step, what, a: reasonsOf(a), b: reasonsOf(b) };
  }
  return { step, what: `they part at ${step}`, a: one?.told ?? null, b: other?.told ?? null };
}

/** The first way to a client_id that was open to one of the two only. */
function whyOf(a: FlowDocument, b: FlowDocument): string | undefined {
  for (const inA of a.registration.precedence) {
    const inB = b.registration.precedence.find(({ way }) => way === inA.way);
    if (!inB || inA.possible === inB.possible) continue;
    const told = (name: string, { possible, because }: typeof inA) =>
      `${possible ? 'open' : 'not open'} to ${name} (${because})`;
    return `the way ${inA.way} was ${told('a', inA)} and ${told('b', inB)}`;
  }
  return undefined;
}

function reasonsOf({ registration }: FlowDocument): string {
  return registration.because.join('; ');
}

function deedsOf(document: FlowDocument, normal: NormalForm): readonly Deed[] {
  const placed = [
    ...document.steps.map(({ sequence, id, outcome }) => ({
      at: sequence,
      step: id,
      key: `step ${id} ${outcome === 'skipped' ? 'skipped' : 'begun'}`,
      told: `${id} ${outcome === 'skipped' ? 'was skipped' : 'began'}`,
    })),
    ...document.steps.map(({ until, id, outcome, reason }) => ({
      at: until,
      step: id,
      key: `step ${id} ${outcome}`,
      told: `${id} ended: ${outcome}${reason === null ? '' : `, ${normal(reason)}`}`,
    })),
    ...document.decisions.map(({ sequence, step, what, because }) => ({
      at: sequence,
      step,
      key: `decision ${normal(what)}`,
      told: `${normal(what)}, because ${normal(because)}`,
    })),
    ...document.exchanges.map((exchange) => {
      const told = exchangeInWords(exchange, normal);
      return { at: exchange.sequence, step: exchange.step, key: `exchange ${told}`, told };
    }),
  ];
  const inOrder = placed.toSorted((one, other) => one.at - other.at);
  return inOrder.map((deed) => (CONCURRENT_STEPS.has(deed.step) ? withoutOrder(deed, inOrder) : deed));
}

/** A deed of a step that does several things at once: the one that has its place once they are sorted. */
function withoutOrder(deed: Deed, all: readonly Deed[]): Deed {
  const ofStep = all.filter(({ step }) => step === deed.step);
  return ofStep.toSorted((one, other) => (one.key < other.key ? -1 : 1))[ofStep.indexOf(deed)]!;
}

/** An exchange as two flows can have it in common: method, URL without its parameters, and status. */
export function exchangeInWords(
  { request, response }: FlowDocument['exchanges'][number],
  normal: NormalForm,
): string {
  return `${requestInWords(request, normal)} → ${response?.status ?? 'no answer'}`;
}

function requestInWords(
  { method, url }: FlowDocument['exchanges'][number]['request'],
  normal: NormalForm,
): string {
  return `${method} ${normal(url.split(/[?#]/, 1)[0]!)}`;
}

const ORDER: readonly FlowStepId[] = [...FLOW_STEPS, ...LATER_STEPS];

function earlier(one: FlowStepId | undefined, other: FlowStepId | undefined): FlowStepId {
  if (one === undefined || other === undefined) return (one ?? other)!;
  return ORDER.indexOf(one) <= ORDER.indexOf(other) ? one : other;
}
