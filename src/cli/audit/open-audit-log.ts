import { performance } from 'node:perf_hooks';
import { systemClock } from '../../shared/clock.js';
import { ConfigurationError } from '../../shared/configuration-error.js';
import type { EmittedEvent, EventSink } from '../../shared/events/events.js';
import { whyNot } from '../output-file.js';
import { type AuditedRequest, createAuditLog } from './audit-log.js';
import { openLineFile } from './line-file.js';

/** An audit log that is written to a file. */
export interface OpenedAuditLog {
  readonly sink: EventSink;
  /** Tells that it ends, in good order or since the servers could not start, and lets go of the file. */
  close(outcome: 'success' | 'failed'): void;
}

/** What an audit log on this machine needs, and whom it tells of itself. */
export interface OpenAuditLogOptions {
  /** in whose name it tells of itself */
  readonly server: EmittedEvent['server'];
  readonly request: () => AuditedRequest | undefined;
  /** Takes that it cannot be written to, and that it can again. */
  readonly tell: EventSink;
  /** A line is to be written. */
  readonly onLine: () => void;
  /** A try failed. @param lost how many lines will never be written for that */
  readonly onFailure: (lost: number) => void;
}

/**
 * Opens the audit log; it is made if it is not there.
 *
 * @throws ConfigurationError that says why it can't be written
 */
export function openAuditLog(
  path: string,
  { server, request, tell, onLine, onFailure }: OpenAuditLogOptions,
): OpenedAuditLog {
  const fail = (message: string) =>
    tell({
      at: systemClock.now(),
      server,
      level: 'error',
      kind: 'audit_log.failed',
      message: `${path}: ${message}`,
    });
  const lineFile = () => {
    try {
      return openLineFile({
        path,
        milliseconds: () => performance.now(),
        onFailedTry: onFailure,
        onFailure: (thrown) => fail(whyNot(thrown)),
        onRecovery(lost) {
          tell({ at: systemClock.now(), server, level: 'warning', kind: 'audit_log.recovered', lost });
          if (lost > 0) log.note('audit_log.incomplete', { server, outcome: 'failed', lost });
        },
      });
    } catch (thrown) {
      throw new ConfigurationError('audit-log', `cannot write ${path}: ${whyNot(thrown)}`);
    }
  };
  const file = lineFile();
  const write = (line: string) => {
    onLine();
    file.write(line);
  };
  const log = createAuditLog({ request, milliseconds: () => Date.now(), write });
  log.note('audit_log.opened', { server, outcome: 'success' });
  return {
    sink: log.sink,
    close(outcome) {
      log.note('audit_log.closed', { server, outcome });
      const missing = file.close();
      if (missing > 0) fail(`${missing} lines were never written`);
    },
  };
}
