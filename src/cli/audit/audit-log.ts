import type { EmittedEvent } from '../../shared/events/events.js';
import { printableJson } from '../../shared/printable.js';
import { AUDIT_RULES } from './rules.js';
import {
  type AUDIT_NOTES,
  type AuditOutcome,
  AUDIT_VERSION,
  MAX_AUDIT_ID,
  MAX_AUDIT_LIST,
  MAX_AUDIT_TEXT,
} from './schema.js';

/** The request during which something happened, as far as an audit log tells of it. */
export interface AuditedRequest {
  readonly id: string;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  readonly trace: { readonly traceId: string; readonly spanId: string } | undefined;
}

/** What an audit log needs of the world. */
export interface AuditLogOptions {
  /** the request that is being answered, if one is */
  readonly request: () => AuditedRequest | undefined;
  /** since the epoch */
  readonly milliseconds: () => number;
  readonly write: (line: string) => void;
}

/** Writes down who did what, one JSON object in a line. */
export interface AuditLog {
  readonly sink: (event: EmittedEvent) => void;
  /** Tells of the log itself: that it begins, ends, or lacks lines. */
  note(event: (typeof AUDIT_NOTES)[number], note: AuditNote): void;
}

/** Of which server, and whether all is well. */
export interface AuditNote {
  readonly server: EmittedEvent['server'];
  readonly outcome: AuditOutcome;
  /** how many lines are lacking */
  readonly lost?: number;
}

/** Makes the sink of an audit log. What it writes holds nothing that the events do not hold, and no secret with it. */
export function createAuditLog({ request, milliseconds, write }: AuditLogOptions): AuditLog {
  function line(
    server: EmittedEvent['server'],
    event: string,
    outcome: AuditOutcome,
    members: Readonly<Record<string, unknown>>,
  ): void {
    const time = new Date(milliseconds()).toISOString();
    write(
      printableJson({
        version: AUDIT_VERSION,
        time,
        server,
        event,
        outcome,
        ...requestIn(request()),
        ...members,
      }),
    );
  }
  return {
    sink(event) {
      const rule = ruleFor(event);
      if (!rule) return;
      const told = new Map<string, unknown>(Object.entries(event));
      const members = rule.members
        .filter((name) => told.get(name) !== undefined)
        .map((name) => [name, bounded(name, told.get(name))] as const);
      line(event.server, event.kind, rule.outcome, Object.fromEntries(members));
    },
    note(event, { server, outcome, ...members }) {
      line(server, event, outcome, members);
    },
  };
}

/** The rule for one event, with its questions answered; undefined for an event that is not written down. */
function ruleFor<Event extends EmittedEvent>(
  event: Event,
): { readonly outcome: AuditOutcome; readonly members: readonly string[] } | undefined {
  // What a rule asks of an event is asked of events of its own kind only: the table says so, and the compiler can't.
  const rule = AUDIT_RULES[event.kind] as {
    readonly outcome: AuditOutcome | ((event: Event) => AuditOutcome);
    readonly members: readonly string[];
    readonly when?: (event: Event) => boolean;
  } | null;
  if (rule === null || rule.when?.(event) === false) return undefined;
  const outcome = typeof rule.outcome === 'string' ? rule.outcome : rule.outcome(event);
  return { outcome, members: rule.members };
}

function requestIn(request: AuditedRequest | undefined): Readonly<Record<string, unknown>> {
  if (!request) return {};
  const { id, address, userAgent, trace } = request;
  return {
    request_id: id,
    ...(address !== undefined && { address: bounded('address', address) }),
    ...(userAgent !== undefined && { user_agent: bounded('user_agent', userAgent) }),
    ...(trace && { trace_id: trace.traceId, span_id: trace.spanId }),
  };
}

/** What others sent ends somewhere; a client_id is left whole, as long as one may be. */
function bounded(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_AUDIT_LIST).map((item: unknown) => bounded('', item));
  if (typeof value !== 'string') return value;
  const max = name === 'client_id' ? MAX_AUDIT_ID : MAX_AUDIT_TEXT;
  const plain = value.replace(DEAR, '\uFFFD');
  return plain.length > max ? `${plain.slice(0, max)}…` : plain;
}

/** Each of them would take six characters, as nothing may be in a line that steers a terminal. */
const DEAR = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;
