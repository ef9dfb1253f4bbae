import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { printable } from '../../shared/printable.js';
import type { LogFlags } from './log-flags.js';

/** Who is to be told what the servers do, beside whoever reads their log; `all` has one of each for both servers. */
export const observationFlags = {
  'audit-log': Flags.string({
    helpValue: '<file>',
    description:
      'add a line of JSON for each event that matters to security: who did what, and what was refused',
    helpGroup: 'LOG',
  }),
  metrics: Flags.string({
    helpValue: '<[host:]port>',
    description:
      'serve metrics for Prometheus at http://<host>:<port>/metrics; the host is localhost unless said otherwise',
    helpGroup: 'LOG',
  }),
};

/** What the flags of the observation come to. */
export interface ObservationFlags extends LogFlags {
  readonly 'audit-log'?: string | undefined;
  readonly metrics?: string | undefined;
}

/** What is observed, and where that goes. */
export interface ObservationOptions {
  /** path of a file */
  readonly auditLog: string | undefined;
  /** where metrics are served */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
}

/**
 * The options of the observation.
 *
 * @throws ConfigurationError for what is no place to listen at, or no file
 */
export function observationOptions(flags: ObservationFlags): ObservationOptions {
  const { 'audit-log': auditLog, metrics } = flags;
  if (auditLog === '' || auditLog === '-') {
    throw new ConfigurationError(
      'audit-log',
      'needs the path of a file, as in --audit-log audit.jsonl; /dev/stdout is the standard output',
    );
  }
  return { auditLog, metrics: metrics === undefined ? undefined : parsePlace(metrics) };
}

/** `9464`, `127.0.0.1:9464`, `[::1]:9464`, `:9464` */
const PLACE = /^(?:(?<host>[^\s/:@[\]]+|\[[0-9a-f:.]+\])?:)?(?<port>\d{1,5})$/i;

function parsePlace(value: string): { host: string; port: number } {
  const { host = 'localhost', port } = PLACE.exec(value)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) {
    throw new ConfigurationError(
      'metrics',
      `"${printable(value, 80)}" is no port from 0 to 65535, alone or behind a host, as in --metrics 9464 or` +
        ' --metrics 127.0.0.1:9464',
    );
  }
  return { host, port: Number(port) };
}
