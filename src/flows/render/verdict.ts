import type { ChalkInstance } from 'chalk';
import type { FlowEnd } from '../events.js';
import type { CheckResult } from '../trace.js';
import { capitalised } from '../words.js';
import { wrapped } from './layout.js';
import { precedenceRows } from './precedence.js';
import { checkTotals, OUTCOME_IN_WORDS, ROUTE_IN_WORDS } from './verdict-texts.js';

const LABEL_WIDTH = 19;

export interface VerdictLayout {
  readonly chalk: ChalkInstance;
  readonly width: number;
}

/** The lines at the end: what came out, and what it rests on. */
export function verdictLines(
  { outcome, reason, revision, registration, expectations }: FlowEnd,
  checks: readonly CheckResult[],
  { chalk, width }: VerdictLayout,
): readonly string[] {
  const good = outcome === 'completed' || outcome === 'not-protected' || outcome === 'stopped';
  const row = (label: string, text: string, paint: (line: string) => string = (line) => line) =>
    wrapped(text, width, `   ${label.padEnd(LABEL_WIDTH - 3)}`, ' '.repeat(LABEL_WIDTH)).map((line) => {
      const start = line.slice(0, LABEL_WIDTH);
      return chalk.dim(start) + paint(line.slice(LABEL_WIDTH));
    });
  const { route, client_id: clientId, register_called: called, because } = registration;
  const outcomeText = OUTCOME_IN_WORDS[outcome] + (reason === null ? '' : `: ${reason}`);
  return [
    `${chalk.bold.inverse(' Verdict ')}`,
    ...row('outcome', outcomeText, good ? chalk.green : chalk.red),
    ...row('revision', `MCP ${revision}`),
    ...(route === null ? [] : row('route', `${route}: ${ROUTE_IN_WORDS[route]}`, chalk.bold)),
    ...precedenceRows(registration).flatMap(([label, text]) => row(label, text)),
    ...(clientId === null ? [] : row('client_id', clientId)),
    ...row('POST /register', called ? 'called' : 'not called'),
    ...because
      .slice(1)
      .flatMap((sentence, index) => row(index === 0 ? 'evidence' : '', `${capitalised(sentence)}.`)),
    ...expectations.flatMap(({ expectation, met, seen }, index) => {
      const text = met ? `✓ ${expectation}` : `✗ ${expectation} (seen: ${seen})`;
      return row(index === 0 ? 'expected' : '', text, met ? chalk.green : chalk.red);
    }),
    ...row('checks', checkTotals(checks)),
    ...brokenLines(checks, { chalk, width }),
  ];
}

function brokenLines(checks: readonly CheckResult[], { chalk, width }: VerdictLayout): readonly string[] {
  return checks
    .filter(({ status }) => status === 'fail' || status === 'warn')
    .flatMap((check) => {
      const paint = check.status === 'fail' ? chalk.red : chalk.yellow;
      const indent = ' '.repeat(LABEL_WIDTH + 2);
      return [
        ...wrapped(
          `${check.level} ${check.id}: ${check.rule}`,
          width,
          `${' '.repeat(LABEL_WIDTH)}${check.status === 'fail' ? '✗' : '!'} `,
          indent,
        ).map((line) => paint(line)),
        ...wrapped(`seen: ${check.evidence} (${check.spec.title})`, width, indent, indent),
      ];
    });
}
