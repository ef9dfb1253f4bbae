import { messagesOf } from './messages.js';
import { stepNumber, STEP_TEXTS } from '../trace/step-texts.js';
import type { CheckResult, FlowDocument, FlowStep, FlowStepId, Party } from '../trace/trace.js';
import { PARTIES } from '../trace/trace.js';

/**
 * How a row is meant to strike the reader: `ok`; `expected`, a refusal after which the flow went on; `refused`, one that
 * ended its step, or a SHOULD that was broken; `error`, no answer, a server's fault, or a MUST that was broken.
 */
export type Tone = 'ok' | 'expected' | 'refused' | 'error';

/** Where a step begins. Steps that were skipped have no rows. */
export interface StepRow {
  readonly kind: 'step';
  readonly sequence: number;
  /** null for what belongs to no step: our own authorization server is asked for its record of the client */
  readonly step: FlowStepId | null;
  /** its place among the steps that every flow has, else `+` */
  readonly number: string;
  readonly title: string;
  readonly outcome: FlowStep['outcome'];
  /** null if nobody measured it */
  readonly milliseconds: number | null;
}

/** Something that went from one party to another. */
export interface MessageRow {
  readonly kind: 'message';
  /** its place: that of the exchange or front-channel message, and of a late response its own; the first, where several are folded */
  readonly sequence: number;
  readonly step: FlowStepId;
  /** `lost`: instead of a response, since none came */
  readonly part: 'request' | 'response' | 'lost';
  readonly from: Party;
  readonly to: Party;
  /** as in `POST /mcp` or `401 invalid_token` */
  readonly label: string;
  /** what else a reader may want to know of it, the most telling first */
  readonly details: readonly string[];
  readonly tone: Tone;
  /** from request to response, on the response; null where unknown */
  readonly milliseconds: number | null;
}

/** Something worth knowing at this point: the route, a check that failed, the reason why a step did. */
export interface NoteRow {
  readonly kind: 'note';
  readonly sequence: number;
  readonly step: FlowStepId;
  /** whose doing it is */
  readonly over: Party;
  readonly label: string;
  readonly tone: Tone;
}

/** One row of a sequence diagram. */
export type Row = StepRow | MessageRow | NoteRow;

/** A sequence diagram, before it is drawn. Its texts are redacted, but may hold anything that a server can write. */
export interface Diagram {
  /** those who take part, from left to right */
  readonly lanes: readonly Party[];
  readonly rows: readonly Row[];
}

/** What a party is called: in a diagram, and where there is room for more. */
export const PARTY_TEXTS: Readonly<Record<Party, { readonly name: string; readonly longName: string }>> = {
  browser: { name: 'browser', longName: 'Browser' },
  client: { name: 'client', longName: 'MCP client' },
  rs: { name: 'RS', longName: 'MCP server (RS)' },
  as: { name: 'AS', longName: 'Authorization server (AS)' },
};

/**
 * The sequence diagram of a flow, for every way of drawing it: who sent what to whom, under the steps, with the route and
 * what was wrong as notes. What repeats itself is folded, and so are the pages of a sign-in.
 *
 * @param document live or saved; it may be that of a flow that was interrupted
 */
export function diagramOf(document: FlowDocument): Diagram {
  const rows: readonly Row[] = [...headings(document), ...messagesOf(document), ...notes(document)].toSorted(
    (one, other) => one.sequence - other.sequence,
  );
  const present = new Set<Party>(['client', 'rs', 'as']);
  for (const row of rows) {
    if (row.kind === 'message') present.add(row.from).add(row.to);
  }
  return { lanes: PARTIES.filter((party) => present.has(party)), rows };
}

function headings({ steps, exchanges }: FlowDocument): readonly StepRow[] {
  const outside = exchanges.find(
    // A session with the MCP server may be ended after its step as well.
    ({ sequence, to }) =>
      to === 'as' && !steps.some((step) => step.sequence < sequence && sequence < step.until),
  );
  return [
    ...steps
      .filter(({ outcome }) => outcome !== 'skipped')
      .map(({ sequence, id, outcome, milliseconds }): StepRow => {
        const { title } = STEP_TEXTS[id];
        return { kind: 'step', sequence, step: id, number: stepNumber(id), title, outcome, milliseconds };
      }),
    ...(outside && steps.length > 0 ? [recordHeading(outside.sequence)] : []),
  ];
}

function recordHeading(sequence: number): StepRow {
  const title = 'The record of the authorization server';
  return { kind: 'step', sequence, step: null, number: '+', title, outcome: 'done', milliseconds: null };
}

function notes({ steps, checks, registration, outcome, reason, watched }: FlowDocument): readonly NoteRow[] {
  const taken = steps.filter((step) => step.outcome !== 'skipped');
  // Who was watched and brought its client_id along has no such step; the id is first seen later.
  const registered =
    taken.findLast(({ id }) => id === 'registration') ??
    (watched === null ? undefined : (taken.find(({ id }) => id === 'authorization') ?? taken[0]));
  const { route } = registration;
  return [
    ...checks.flatMap(brokenNote),
    ...steps.flatMap(failureNote),
    ...(route === null || registered === undefined
      ? []
      : [
          {
            kind: 'note' as const,
            sequence: registered.id === 'registration' ? registered.until : registered.sequence,
            step: registered.id,
            over: 'client' as const,
            label: `route: ${route}`,
            tone: route === 'unknown' ? ('refused' as const) : ('ok' as const),
          },
        ]),
    ...silenceNote({ steps: taken, outcome, reason, watched }),
  ];
}

/** A watched client can fail to go on, so that no step failed. */
function silenceNote({
  steps,
  outcome,
  reason,
  watched,
}: Pick<FlowDocument, 'steps' | 'outcome' | 'reason' | 'watched'>): readonly NoteRow[] {
  const last = steps.at(-1);
  if (watched === null || outcome !== 'failed' || last === undefined || last.outcome === 'failed') return [];
  const label = reason ?? 'nothing more came';
  return [{ kind: 'note', sequence: last.until, step: last.id, over: 'client', label, tone: 'error' }];
}

function brokenNote({ sequence, step, id, level, status }: CheckResult): readonly NoteRow[] {
  if (status !== 'fail' && status !== 'warn') return [];
  const tone = status === 'fail' ? 'error' : 'refused';
  return [{ kind: 'note', sequence, step, over: culprit(id), label: `${level} broken: ${id}`, tone }];
}

function failureNote({ until, id, outcome, reason }: FlowStep): readonly NoteRow[] {
  if (outcome !== 'failed') return [];
  const label = reason ?? 'the step failed';
  return [{ kind: 'note', sequence: until, step: id, over: 'client', label, tone: 'error' }];
}

/** The id of a check begins with whose fault it is. */
function culprit(id: string): Party {
  const [first] = id.split('.');
  return first === 'rs' || first === 'as' ? first : 'client';
}
