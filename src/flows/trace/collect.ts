import { NEWEST_REVISION } from '../../shared/oauth/revisions.js';
import type { FlowEvent } from './events.js';
import type { FlowDocument } from './trace.js';

const NO_REGISTRATION: FlowDocument['registration'] = {
  route: null,
  client_id: null,
  register_called: false,
  because: [],
  evidence: null,
  precedence: [],
  chosen: null,
  conforming: null,
};

/** Gathers events into the document of `--json`. */
export interface FlowCollector {
  add(event: FlowEvent): void;
  /** the document so far; a flow that has not ended counts as failed */
  document(): FlowDocument;
}

/** Starts the document of one flow. */
export function createFlowCollector(): FlowCollector {
  let document: FlowDocument = {
    version: 1,
    generator: { name: '', version: '' },
    started_at: '',
    milliseconds: 0,
    target: '',
    network: { proxies: [], tls_verified: true },
    revision: NEWEST_REVISION,
    outcome: 'failed',
    reason: 'interrupted',
    registration: NO_REGISTRATION,
    steps: [],
    exchanges: [],
    front_channel: [],
    decisions: [],
    checks: [],
    identifiers: [],
    expectations: [],
    watched: null,
  };
  return {
    add(event) {
      document = withEvent(document, event);
    },
    document: () => document,
  };
}

function withEvent(document: FlowDocument, event: FlowEvent): FlowDocument {
  switch (event.type) {
    case 'flow-started':
      return { ...document, ...event.start };
    case 'step-started':
      return document;
    case 'exchange':
      return { ...document, exchanges: [...document.exchanges, event.exchange] };
    case 'front-channel':
      return { ...document, front_channel: [...document.front_channel, event.message] };
    case 'decision':
      return { ...document, decisions: [...document.decisions, event.decision] };
    case 'check':
      return { ...document, checks: [...document.checks, event.check] };
    case 'identifier':
      return { ...document, identifiers: [...document.identifiers, event.identifier] };
    case 'step-ended':
      return { ...document, steps: [...document.steps, event.ended] };
    case 'flow-ended':
      return { ...document, ...event.end };
  }
}

/**
 * The events that make up a document, in the order in which they happened, as if its flow ran again.
 *
 * @param document of a flow, live or read from a file
 */
export function eventsOf(document: FlowDocument): readonly FlowEvent[] {
  const { generator, started_at, target, network } = document;
  const { outcome, reason, revision, registration, milliseconds, expectations, watched } = document;
  const placed = [
    ...document.steps.flatMap((ended) => [
      ...(ended.outcome === 'skipped'
        ? []
        : [{ at: ended.sequence, event: { type: 'step-started', step: ended.id } as const }]),
      { at: ended.until, event: { type: 'step-ended', ended } as const },
    ]),
    ...document.exchanges.map((exchange) => ({
      at: exchange.sequence,
      event: { type: 'exchange', exchange } as const,
    })),
    ...document.front_channel.map((message) => ({
      at: message.sequence,
      event: { type: 'front-channel', message } as const,
    })),
    ...document.decisions.map((decision) => ({
      at: decision.sequence,
      event: { type: 'decision', decision } as const,
    })),
    ...document.checks.map((check) => ({ at: check.sequence, event: { type: 'check', check } as const })),
    ...document.identifiers.map((identifier) => ({
      at: identifier.sequence,
      event: { type: 'identifier', identifier } as const,
    })),
  ];
  return [
    { type: 'flow-started', start: { generator, started_at, target, network, watched } },
    ...placed.toSorted((one, other) => one.at - other.at).map(({ event }) => event),
    {
      type: 'flow-ended',
      end: { outcome, reason, revision, registration, milliseconds, expectations },
    },
  ];
}
