import type { LogFlags } from './flags/log-flags.js';

/**
 * Tells that the servers listen: to a person with the banner, to a machine with one JSON object, both on stdout.
 *
 * @param facts the URLs that whoever started the process may wait for
 */
export function announce(
  flags: LogFlags,
  facts: Readonly<Record<string, string | readonly string[]>>,
  banner: string,
): void {
  if (flags['log-format'] === 'json')
    process.stdout.write(`${JSON.stringify({ kind: 'listening', ...facts })}\n`);
  else if (!flags.quiet) process.stdout.write(`\n${banner}\n`);
}
