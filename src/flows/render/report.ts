import {
  type CheckResult,
  type FlowDecision,
  type FlowDocument,
  type FlowStep,
  type FlowStepId,
  type FrontChannelMessage,
  type TracedExchange,
} from '../trace/trace.js';
import { stepNumber, STEP_TEXTS } from '../trace/step-texts.js';

/** One thing that happened in a step. */
export type Entry =
  | { readonly kind: 'exchange'; readonly sequence: number; readonly exchange: TracedExchange }
  | { readonly kind: 'front-channel'; readonly sequence: number; readonly message: FrontChannelMessage }
  | { readonly kind: 'decision'; readonly sequence: number; readonly decision: FlowDecision }
  | { readonly kind: 'check'; readonly sequence: number; readonly check: CheckResult };

/** A step with all that happened in it, in order. */
export interface Chapter {
  /** `1` to `8`, or `+` for what is not in every flow */
  readonly number: string;
  readonly title: string;
  readonly purpose: string;
  /** undefined for what was asked after the last step, or if the step never ended */
  readonly step: FlowStep | undefined;
  readonly entries: readonly Entry[];
}

/** Puts a document into the chapters in which people read it. Steps that were skipped have no entries. */
export function chaptersOf(document: FlowDocument): readonly Chapter[] {
  const steps = document.steps.toSorted((one, other) => one.sequence - other.sequence);
  const inside = new Map<FlowStep, Entry[]>(steps.map((step) => [step, []]));
  const unfinished = new Map<FlowStepId, Entry[]>();
  const afterwards: Entry[] = [];
  for (const { entry, id } of entriesOf(document)) {
    const step = steps.findLast(({ sequence, until }) => sequence < entry.sequence && entry.sequence < until);
    const ended = steps.some((other) => other.id === id);
    if (step === undefined && !ended && !unfinished.has(id)) unfinished.set(id, []);
    (step === undefined ? (ended ? afterwards : unfinished.get(id)) : inside.get(step))?.push(entry);
  }
  return [
    ...steps.map((step) => ({ ...headOf(step.id), step, entries: inside.get(step) ?? [] })),
    ...[...unfinished].map(([id, entries]) => ({ ...headOf(id), step: undefined, entries })),
    // After the last step only our own authorization server is asked, for its record of the client.
    ...(afterwards.length === 0 ? [] : [{ ...RECORD, step: undefined, entries: afterwards }]),
  ];
}

const RECORD = {
  number: '+',
  title: 'The record of the authorization server',
  purpose: 'Ask our own authorization server how it knows this client.',
} as const;

function headOf(id: FlowStepId): Pick<Chapter, 'number' | 'title' | 'purpose'> {
  return { number: stepNumber(id), ...STEP_TEXTS[id] };
}

function entriesOf(document: FlowDocument): readonly { readonly entry: Entry; readonly id: FlowStepId }[] {
  const entries: readonly { readonly entry: Entry; readonly id: FlowStepId }[] = [
    ...document.exchanges.map((exchange) => ({
      entry: { kind: 'exchange' as const, sequence: exchange.sequence, exchange },
      id: exchange.step,
    })),
    ...document.front_channel.map((message) => ({
      entry: { kind: 'front-channel' as const, sequence: message.sequence, message },
      id: message.step,
    })),
    ...document.decisions.map((decision) => ({
      entry: { kind: 'decision' as const, sequence: decision.sequence, decision },
      id: decision.step,
    })),
    ...document.checks.map((check) => ({
      entry: { kind: 'check' as const, sequence: check.sequence, check },
      id: check.step,
    })),
  ];
  return entries.toSorted((one, other) => one.entry.sequence - other.entry.sequence);
}

/** The steps that were skipped, a sentence for each reason. The reason may hold anything that a saved trace can. */
export function skippedInWords(skipped: readonly Pick<FlowStep, 'id' | 'reason'>[]): readonly string[] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason ?? ''))];
  return reasons.map((why) => {
    const titles = skipped
      .filter(({ reason }) => (reason ?? '') === why)
      .map(({ id }) => STEP_TEXTS[id].title);
    return `Skipped, since ${why}: ${titles.join(', ')}`;
  });
}

const WORST_FIRST = ['fail', 'warn', 'pass', 'skip'] as const;

/** The checks, those first that were not met; otherwise in the order in which they were settled. */
export function worstFirst(checks: readonly CheckResult[]): readonly CheckResult[] {
  return WORST_FIRST.flatMap((status) => checks.filter((check) => check.status === status));
}

/** Whether a requirement was held against the flow and not met. */
export function isBroken({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn';
}
