import { systemClock } from '../../shared/clock.js';
import { createEmitter } from '../../shared/events/emitter.js';
import type { EventSink } from '../../shared/events/events.js';
import { toAll } from '../../shared/events/to-all.js';
import type { WebApp } from '../../shared/http/fetch.js';
import { systemRandom } from '../../shared/random.js';
import { systemTicker } from '../../shared/ticker.js';
import { type LogFlags, logFromFlags } from '../flags/log-flags.js';
import type { ObservationOptions } from '../flags/observation-flags.js';
import type { MeasuredOperation } from '../metrics/metrics.js';
import { openMetrics } from '../metrics/open-metrics.js';
import { createRefusalTally, type OnListenerRefusal, type RefusalTally } from '../refusal-tally.js';
import { createRequestScopes, type RequestScopes } from './request-scope.js';

/** What the servers of one process are observed by: the log, and by flags the audit log and metrics. */
export interface Observation extends Pick<RequestScopes, 'passOn'> {
  /** Takes what the servers tell. */
  readonly sink: EventSink;
  /** The same app, of whose requests the log and the audit log know. */
  watch(app: WebApp): WebApp;
  /** Takes what the listener of a server has refused. */
  refusalsAt(server: 'as' | 'rs'): OnListenerRefusal;
  /** takes the operations of the store; undefined where nobody counts them */
  readonly onStoreOperation: ((operation: MeasuredOperation) => void) | undefined;
  /** where the metrics are served, if they are */
  readonly metricsUrl: string | undefined;
  /** Waits for the servers to start; if that fails, the audit log says so and nothing is observed any more. */
  during<T>(start: () => Promise<T>): Promise<T>;
  /** Writes what is still to be written, and stops to serve metrics. To be called when the servers have ended. */
  close(): Promise<void>;
}

/** What is observed, and in whose name the audit log tells of itself. */
export interface Observed {
  readonly server: 'as' | 'rs';
  readonly log: LogFlags;
  /** how many exchanges the recorder of flows has not written down */
  readonly skipped: () => number;
}

/**
 * Starts to observe. What the flags do not ask for is not loaded.
 *
 * @throws ConfigurationError if the audit log can't be written
 * @throws CLIError if the port of the metrics can't be had
 */
export async function startObservation(
  { auditLog, metrics }: ObservationOptions,
  { server, log, skipped }: Observed,
): Promise<Observation> {
  const scopes = createRequestScopes({ everyRequest: auditLog !== undefined, random: systemRandom });
  const written = logFromFlags(log, () => traceOf(scopes));
  const served = metrics && (await openMetrics(metrics, { skipped }));
  const told = served ? toAll(written, served.metrics.sink) : written;
  const audited =
    auditLog === undefined
      ? undefined
      : (await import('../audit/open-audit-log.js')).openAuditLog(auditLog, {
          server,
          request: scopes.current,
          tell: told,
          onLine: () => served?.metrics.auditLine(),
          onFailure: (lost) => served?.metrics.auditFailure(lost),
        });
  const sink = audited ? toAll(told, audited.sink) : told;
  const tallies: RefusalTally[] = [];
  const end = async (outcome: 'success' | 'failed'): Promise<void> => {
    tallies.forEach((tally) => tally.close());
    await served?.close();
    audited?.close(outcome);
  };
  return {
    sink,
    watch: (app) => scopes.watch(app),
    passOn: (way) => scopes.passOn(way),
    refusalsAt(at) {
      const tally = createRefusalTally(createEmitter(at, systemClock, sink), systemTicker);
      tallies.push(tally);
      return tally.add;
    },
    onStoreOperation: served?.metrics.storeOperation,
    metricsUrl: served?.url,
    async during(start) {
      try {
        return await start();
      } catch (thrown) {
        await end('failed');
        throw thrown;
      }
    },
    close: () => end('success'),
  };
}

function traceOf(scopes: RequestScopes) {
  const trace = scopes.current()?.trace;
  return trace && { trace_id: trace.traceId, span_id: trace.spanId };
}

/** Where the metrics are, for a machine that waits until the servers listen. */
export function metricsFact({ metricsUrl }: Observation): { readonly metrics?: string } {
  return metricsUrl === undefined ? {} : { metrics: metricsUrl };
}
