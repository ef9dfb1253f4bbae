import { isLoopbackHost } from '../../shared/http/loopback.js';
import { printable } from '../../shared/printable.js';
import { brokenChecks, conclude, type FailOn, problems, unmetExpectations } from '../findings/conclusion.js';
import type { FlowDocument } from '../trace/trace.js';

/**
 * One line for those who see neither report nor document, as a script does that only keeps stderr.
 *
 * @param interrupted true if the user ended the run
 * @param failOn which broken checks count
 * @returns undefined if all went well, or as expected
 */
export function shortLine(
  document: FlowDocument,
  interrupted: boolean,
  failOn: FailOn = 'must',
): string | undefined {
  const { reason, steps, target } = document;
  const failed = steps.findLast((step) => step.outcome === 'failed')?.id;
  const place = failed === undefined ? '' : ` at ${failed}`;
  if (interrupted) return `interrupted${place}`;
  const why = `the flow failed${place}: ${reason ?? ''}`;
  switch (conclude(document, failOn)) {
    case 'done':
      return undefined;
    case 'nothingEstablished':
      return printable(`${target}: ${reason ?? 'no answer'}${whatToStart(document)}`);
    case 'failed':
      return printable(why);
    case 'notMet': {
      const unmet = unmetExpectations(document);
      if (unmet.length === 0) return brokenLine(document, failOn);
      const each = unmet.map(({ expectation, seen }) => `${expectation} (seen: ${seen})`);
      const what = unmet.length === 1 ? 'not met' : `${unmet.length} expectations not met`;
      return printable(`${what}: ${each.join(', ')}${document.outcome === 'failed' ? `; ${why}` : ''}`);
    }
  }
}

function brokenLine(document: FlowDocument, failOn: FailOn): string {
  const broken = brokenChecks(document, failOn);
  const how = document.outcome === 'stopped' ? 'stopped where it was to' : 'completed';
  const all = (ids: readonly { readonly id: string }[]) => [...new Set(ids.map(({ id }) => id))].join(', ');
  if (broken.length === 0) {
    return printable(`the flow ${how}, with a problem: ${all(problems(document, failOn))}`);
  }
  const level = broken.some((check) => check.level === 'MUST') ? 'MUST' : 'SHOULD';
  return printable(`the flow ${how}, and a ${level} was broken: ${all(broken)}`);
}

/** Only at home is it for the reader to start the server, and only where none runs. */
function whatToStart({ target, reason }: FlowDocument): string {
  const isAtHome = isLoopbackHost(URL.parse(target)?.hostname ?? '');
  return isAtHome && reason?.includes('(ECONNREFUSED)') ? '; to start a pair: npx mcp-oauth-demo all' : '';
}
