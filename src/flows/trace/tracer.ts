import type { Clock } from '../../shared/clock.js';
import { VERSION } from '../../shared/version.js';
import type { FlowDeps } from '../context.js';
import type { FlowEnd, FlowEvent } from './events.js';
import type { HttpExchange, HttpRequest } from '../exchange/exchange.js';
import { isoTime } from './iso-time.js';
import { createRedactor } from '../redact/redact.js';
import type {
  CheckResult,
  FlowDecision,
  FlowStep,
  FlowStepId,
  FrontChannelMessage,
  SeenIdentifier,
  TracedExchange,
} from './trace.js';

/** What happened, before it has a place in the trace. */
type Unplaced<T> = Omit<T, 'sequence'>;

/** Takes down what happens in a run, and tells it numbered, timed and redacted. */
export interface Tracer {
  flowStarted(target: string, network: FlowDeps['network']): void;
  /** @returns tells the end of the step */
  stepStarted(step: FlowStepId): (outcome: 'done' | 'failed', reason: string | null) => void;
  stepSkipped(step: FlowStepId, reason: string): void;
  exchange(exchange: HttpExchange): void;
  /** A request as it will be in the trace, before it is sent. Nothing is told. */
  shown(request: HttpRequest): TracedExchange['request'];
  frontChannel(message: Omit<Unplaced<FrontChannelMessage>, 'at'>): void;
  decision(decision: Unplaced<FlowDecision>): void;
  check(check: Unplaced<CheckResult>): void;
  identifier(identifier: Unplaced<SeenIdentifier>): void;
  flowEnded(end: Omit<FlowEnd, 'milliseconds'>): void;
}

/**
 * Starts the trace of one run. Nothing leaves a run but through here, so no secret does.
 *
 * @param ports `elapsed` counts milliseconds since any fixed moment; values of `secretHeaders` are never shown
 * @param tell is given each event as it happens
 */
export function createTracer(
  {
    clock,
    elapsed,
    secretHeaders,
  }: {
    readonly clock: Clock;
    readonly elapsed: () => number;
    readonly secretHeaders?: ReadonlySet<string>;
  },
  tell: (event: FlowEvent) => void,
): Tracer {
  const redactor = createRedactor({ secretHeaders });
  const started = elapsed();
  let last = 0;
  const next = () => (last += 1);
  const since = (start: number) => Math.round(elapsed() - start);
  const shown = (text: string) => cut(redactor.text(text));
  const textOrNull = (text: string | null) => (text === null ? null : shown(text));

  function tellEnd(step: Omit<FlowStep, 'until'>): void {
    tell({ type: 'step-ended', ended: { ...step, until: next(), reason: textOrNull(step.reason) } });
  }

  return {
    flowStarted: (target, { proxies, tlsVerified } = { proxies: [], tlsVerified: true }) =>
      tell({
        type: 'flow-started',
        start: {
          generator: { name: 'mcp-oauth-demo inspect-flow', version: VERSION },
          started_at: isoTime(clock.now()),
          target: redactor.text(target),
          network: { proxies: [...proxies], tls_verified: tlsVerified },
          watched: null,
        },
      }),
    stepStarted(id) {
      const sequence = next();
      const start = elapsed();
      tell({ type: 'step-started', step: id });
      return (outcome, reason) => tellEnd({ sequence, id, outcome, reason, milliseconds: since(start) });
    },
    stepSkipped: (id, reason) =>
      tellEnd({ sequence: next(), id, outcome: 'skipped', reason, milliseconds: 0 }),
    shown: (request) =>
      redactor.exchange({ step: 'challenge', from: 'client', to: 'rs', at: 0, milliseconds: 0, request })
        .request,
    exchange: (exchange) =>
      tell({ type: 'exchange', exchange: { sequence: next(), ...redactor.exchange(exchange) } }),
    frontChannel: ({ url, ...rest }) =>
      tell({
        type: 'front-channel',
        message: { sequence: next(), at: isoTime(clock.now()), ...rest, url: redactor.text(url) },
      }),
    decision: ({ what, because, ...rest }) =>
      tell({
        type: 'decision',
        decision: { sequence: next(), ...rest, what: shown(what), because: shown(because) },
      }),
    check: ({ evidence, ...rest }) =>
      tell({ type: 'check', check: { sequence: next(), ...rest, evidence: shown(evidence) } }),
    identifier: ({ value, ...rest }) =>
      tell({
        type: 'identifier',
        identifier: { sequence: next(), ...rest, value: shown(value) },
      }),
    flowEnded: ({ reason, ...rest }) =>
      tell({
        type: 'flow-ended',
        end: {
          ...rest,
          registration: shownRegistration(rest.registration, shown),
          reason: textOrNull(reason),
          milliseconds: since(started),
        },
      }),
  };
}

/** Longer than any text that was written here; what a server puts into one may be as long as an answer. */
const MAX_TEXT = 4000;

/** After redaction: half a secret would not be found. */
function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

function shownRegistration(
  registration: FlowEnd['registration'],
  shown: (text: string) => string,
): FlowEnd['registration'] {
  const { client_id: clientId, because, precedence } = registration;
  return {
    ...registration,
    client_id: clientId === null ? null : shown(clientId),
    because: because.map(shown),
    precedence: precedence.map((way) => ({ ...way, because: shown(way.because) })),
  };
}
