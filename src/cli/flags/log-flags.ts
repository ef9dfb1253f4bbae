import { Flags } from '@oclif/core';
import type { EventSink } from '../../shared/events/events.js';
import { createLog, type LogOptions } from '../log/log.js';

/** How much the servers tell, and in what form. */
export const logFlags = {
  'log-format': Flags.option({
    options: ['text', 'json'] as const,
    default: 'text' as const,
    description: 'one line of words, or one JSON object, for each event',
    helpGroup: 'LOG',
  })(),
  quiet: Flags.boolean({
    description: 'tell only warnings and errors',
    exclusive: ['verbose'],
    helpGroup: 'LOG',
  }),
  verbose: Flags.boolean({ description: 'tell every HTTP request too', helpGroup: 'LOG' }),
};

/** What the flags of the log come to. */
export interface LogFlags {
  readonly 'log-format': 'text' | 'json';
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** The log goes to stderr; stdout is for results. */
export function logFromFlags(flags: LogFlags, trace?: LogOptions['trace']): EventSink {
  return createLog({
    format: flags['log-format'],
    level: flags.quiet ? 'warning' : flags.verbose ? 'debug' : 'info',
    colour: isColourWanted(process.stderr),
    trace,
    write: (line) => void process.stderr.write(`${line}\n`),
  });
}

/**
 * Colour on a terminal only, and never against the reader's wish.
 *
 * @see {@link https://no-color.org NO_COLOR}
 */
export function isColourWanted(stream: { isTTY?: boolean }): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR']) return process.env['FORCE_COLOR'] !== '0';
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}
