import { NEWEST_REVISION } from '../shared/oauth/revisions.js';
import type { FlowEvent } from './events.js';
import { createRedactor } from './redact.js';
import { FLOW_STEPS, type FlowDocument } from './trace.js';

/** Gathers events into the document of `--json`. */
export interface FlowCollector {
  add(event: FlowEvent): void;
  /** the document so far; a flow that has not ended counts as failed */
  document(): FlowDocument;
}

/** Starts the document of one flow. Everything in it is redacted. */
export function createFlowCollector(target: string): FlowCollector {
  const redactor = createRedactor();
  let document: FlowDocument = {
    version: 1,
    target,
    revision: NEWEST_REVISION,
    outcome: 'failed',
    reason: 'interrupted',
    registration: { route: null, client_id: null, register_called: false, because: [], evidence: null },
    steps: [],
    exchanges: [],
    decisions: [],
    checks: [],
  };
  return {
    add(event) {
      document = withEvent(document, event, redactor);
    },
    document: () => document,
  };
}

function withEvent(
  document: FlowDocument,
  event: FlowEvent,
  { exchange, text }: ReturnType<typeof createRedactor>,
): FlowDocument {
  switch (event.type) {
    case 'step-started':
      return document;
    case 'exchange':
      return { ...document, exchanges: [...document.exchanges, exchange(event.exchange)] };
    case 'decision': {
      const { what, because, ...rest } = event.decision;
      const decision = { ...rest, what: text(what), because: text(because) };
      return { ...document, decisions: [...document.decisions, decision] };
    }
    case 'check': {
      const check = { ...event.check, evidence: text(event.check.evidence) };
      return { ...document, checks: [...document.checks, check] };
    }
    case 'step-ended': {
      const { reason } = event.ended;
      const step = { ...event.ended, reason: reason === null ? null : text(reason) };
      return { ...document, steps: inOrder([...document.steps, step]) };
    }
    case 'flow-ended': {
      const { reason, ...end } = event.end;
      return { ...document, ...end, reason: reason === null ? null : text(reason) };
    }
  }
}

/** A skipped step is told when it is known, which may be before an earlier one has ended. */
function inOrder(steps: FlowDocument['steps']): FlowDocument['steps'] {
  const place = (id: string) => FLOW_STEPS.findIndex((step) => step === id);
  return steps.toSorted((a, b) => place(a.id) - place(b.id));
}

/** The checks of a MUST that was broken. */
export function brokenMusts(document: FlowDocument): FlowDocument['checks'] {
  return document.checks.filter(({ level, status }) => level === 'MUST' && status === 'fail');
}
