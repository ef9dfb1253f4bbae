import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EmittedEvent, EventSink } from '../../shared/events/events.js';
import { REFUSAL_REASONS } from '../../shared/oauth/errors.js';
import { GRANT_TYPES } from '../../shared/oauth/grant-types.js';
import { VERSION } from '../../shared/version.js';

/** From what a lookup in memory takes to what a client gives up at, in seconds. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const STORE_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1, 5];

/** The methods that any route has; others are counted as one. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);
const REASONS: ReadonlySet<string> = new Set(REFUSAL_REASONS);
const GRANTS: ReadonlySet<string> = new Set(GRANT_TYPES);

/** An operation of a store, when it is over. */
export interface MeasuredOperation {
  readonly operation: string;
  readonly kind: string;
  readonly milliseconds: number;
  readonly unavailable: boolean;
}

/** What is counted of a process, and the text in which it is told. */
export interface Metrics {
  readonly sink: EventSink;
  storeOperation(operation: MeasuredOperation): void;
  /** A line of the audit log is to be written. */
  auditLine(): void;
  /** A try to write to the audit log failed. @param lost how many lines will never be in it for that */
  auditFailure(lost: number): void;
  /** the media type of the text */
  readonly contentType: string;
  /** @see {@link https://prometheus.io/docs/instrumenting/exposition_formats/ Prometheus, exposition formats} */
  text(): Promise<string>;
}

/**
 * Starts to count. No label takes a value from outside: each is one of a list, or `other`.
 *
 * @param skipped how many exchanges the recorder of flows has not written down
 */
export function createMetrics({ skipped }: { readonly skipped: () => number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  tellBuild(registry);
  const byEvent = countEvents(registry);
  const store = measureStore(registry);
  const audit = countAuditLines(registry);
  new Counter({
    name: 'mcp_oauth_demo_recorder_skipped_total',
    help: 'Exchanges that were served and, since there were too many, not shown under /flows.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(skipped());
    },
  });
  return {
    sink: byEvent,
    storeOperation: store,
    ...audit,
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

function tellBuild(registry: Registry): void {
  new Gauge({
    name: 'mcp_oauth_demo_build_info',
    help: 'Always 1; the labels tell which version this is, and what runs it.',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: VERSION, node: process.version }, 1);
}

/** What is counted by the events that the servers tell. */
function countEvents(registry: Registry): EventSink {
  const registers = [registry];
  const requests = new Histogram({
    name: 'mcp_oauth_demo_http_request_duration_seconds',
    help: 'Requests, by how long they took until the answer began.',
    labelNames: ['server', 'route', 'method', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'mcp_oauth_demo_refusals_total',
    help: 'Requests that were refused, by reason code.',
    labelNames: ['server', 'reason'],
    registers,
  });
  const flows = new Counter({
    name: 'mcp_oauth_demo_flows_total',
    help: 'Authorization codes that were redeemed, by how the client came by its client_id.',
    labelNames: ['route'],
    registers,
  });
  const tokens = new Counter({
    name: 'mcp_oauth_demo_tokens_issued_total',
    help: 'Access tokens that were issued, by grant type.',
    labelNames: ['grant_type'],
    registers,
  });
  const revoked = new Counter({
    name: 'mcp_oauth_demo_grants_revoked_total',
    help: 'Sign-ins that ended with all their tokens, by reason code.',
    labelNames: ['reason'],
    registers,
  });
  const introspections = new Counter({
    name: 'mcp_oauth_demo_introspections_total',
    help: 'Questions of resource servers that were answered, by whether the token was active.',
    labelNames: ['active'],
    registers,
  });
  const verifications = new Histogram({
    name: 'mcp_oauth_demo_introspection_duration_seconds',
    help: 'Questions to authorization servers, by how long the answer took.',
    buckets: REQUEST_SECONDS,
    registers,
  });
  const messages = new Counter({
    name: 'mcp_oauth_demo_mcp_requests_total',
    help: 'Requests of MCP that were let in, by era.',
    labelNames: ['era'],
    registers,
  });
  const sessions = new Gauge({
    name: 'mcp_oauth_demo_mcp_sessions',
    help: 'Sessions of MCP 2025 that are open.',
    registers,
  });
  return (event: EmittedEvent) => {
    switch (event.kind) {
      case 'request.served': {
        const { server, status, reason, milliseconds = 0 } = event;
        const method = among(METHODS, event.method);
        const labels = { server, route: event.route ?? 'none', method, status };
        requests.observe(labels, milliseconds / 1000);
        if (reason !== undefined) refusals.inc({ server, reason: among(REASONS, reason) });
        return;
      }
      case 'listener.refused':
        return refusals.inc({ server: event.server, reason: among(REASONS, event.reason) }, event.count);
      case 'token.issued':
        tokens.inc({ grant_type: among(GRANTS, event.grant_type) });
        if (event.grant_type === 'authorization_code') flows.inc({ route: event.route });
        return;
      case 'grant.revoked':
        return revoked.inc({ reason: among(REASONS, event.reason) });
      case 'token.introspected':
        return introspections.inc({ active: String(event.active) });
      case 'introspection.answered':
        return verifications.observe(event.milliseconds / 1000);
      case 'mcp.request':
        return messages.inc({ era: event.era });
      case 'session.opened':
        return sessions.inc();
      case 'session.closed':
        return sessions.dec();
      default:
        return;
    }
  };
}

function measureStore(registry: Registry): Metrics['storeOperation'] {
  const labelNames = ['operation', 'kind'] as const;
  const registers = [registry];
  const operations = new Histogram({
    name: 'mcp_oauth_demo_store_operation_duration_seconds',
    help: 'Operations of the store, by how long they took.',
    labelNames,
    buckets: STORE_SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'mcp_oauth_demo_store_errors_total',
    help: 'Operations for which the store could not be asked.',
    labelNames,
    registers,
  });
  return ({ operation, kind, milliseconds, unavailable }) => {
    operations.observe({ operation, kind }, milliseconds / 1000);
    if (unavailable) errors.inc({ operation, kind });
  };
}

function countAuditLines(registry: Registry): Pick<Metrics, 'auditLine' | 'auditFailure'> {
  const registers = [registry];
  const lines = new Counter({
    name: 'mcp_oauth_demo_audit_log_lines_total',
    help: 'Lines for the audit log.',
    registers,
  });
  const failures = new Counter({
    name: 'mcp_oauth_demo_audit_log_failures_total',
    help: 'Tries to write to the audit log that failed; what was to be written waits, within bounds.',
    registers,
  });
  const lost = new Counter({
    name: 'mcp_oauth_demo_audit_log_lost_lines_total',
    help: 'Lines that will never be in the audit log, as it could not be written to for too long.',
    registers,
  });
  return {
    auditLine: () => lines.inc(),
    auditFailure(count) {
      failures.inc();
      lost.inc(count);
    },
  };
}

function among(known: ReadonlySet<string>, value: string): string {
  return known.has(value) ? value : 'other';
}
