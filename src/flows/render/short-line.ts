import { isLoopbackHost } from '../../shared/http/loopback.js';
import { printable } from '../../shared/printable.js';
import { brokenMusts } from '../collect.js';
import type { FlowDocument } from '../trace.js';

/**
 * One line for those who see neither report nor document, as a script does that only keeps stderr.
 *
 * @param interrupted true if the user ended the run
 * @returns undefined if all went well
 */
export function shortLine(document: FlowDocument, interrupted: boolean): string | undefined {
  const { outcome, reason, steps, target } = document;
  const failed = steps.find((step) => step.outcome === 'failed')?.id;
  const place = failed === undefined ? '' : ` at ${failed}`;
  if (interrupted) return `interrupted${place}`;
  if (outcome === 'unreachable') {
    return printable(`${target}: ${reason ?? 'no answer'}${whatToStart(target)}`);
  }
  if (outcome === 'failed') return printable(`the flow failed${place}: ${reason ?? ''}`);
  const broken = outcome === 'completed' ? brokenMusts(document).map(({ id }) => id) : [];
  return broken.length === 0 ? undefined : `the flow completed, and a MUST was broken: ${broken.join(', ')}`;
}

/** Only at home is it for the reader to start the server. */
function whatToStart(target: string): string {
  return isLoopbackHost(new URL(target).hostname) ? '; to start a pair: npx mcp-oauth-demo all' : '';
}
