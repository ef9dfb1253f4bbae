import type { CheckResult, FlowDocument } from '../trace/trace.js';
import { capitalised } from '../../shared/words.js';
import { wrappedSpans } from './layout.js';
import { precedenceRows } from './precedence.js';
import { checkLines, isBroken } from './rules.js';
import type { Style } from './style.js';
import type { WatchedFacts } from '../trace/watched-facts.js';
import { findingLines } from './findings.js';
import { checkTotals, OUTCOME_IN_WORDS, problemsFirst, ROUTE_IN_WORDS } from './verdict-texts.js';
import { guessInWords, lastSeenInWords } from './watched-texts.js';

const LABEL_WIDTH = 19;
/** Below this, labels and texts do not go side by side. */
const NARROW = 60;

/** The lines at the end: what came out, and what it rests on. */
export function verdictLines(
  { outcome, reason, revision, registration, expectations, checks, watched }: FlowDocument,
  style: Style,
): readonly string[] {
  const { chalk } = style;
  const good = outcome !== 'failed' && outcome !== 'unreachable';
  const row = (label: string, text: string, paint: (line: string) => string = (line) => line) =>
    rowLines({ label, text, paint }, style);
  const { route, client_id: clientId, register_called: called, because } = registration;
  const outcomeText = OUTCOME_IN_WORDS[outcome] + (reason === null ? '' : `: ${reason}`);
  return [
    `${chalk.bold.inverse(' Verdict ')}`,
    ...row('outcome', outcomeText, good ? chalk.green : chalk.red),
    ...(watched === null || watched.client === null ? [] : row('client', guessInWords(watched.client))),
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
    ...(watched === null
      ? [
          ...row('checks', checkTotals(checks)),
          ...checks.filter(isBroken).flatMap((check) => checkLines(check, style, '     ')),
        ]
      : watchedLines(watched, style, row)),
    ...row('next', whatNext(outcome, checks, watched)),
  ];
}

type Row = (label: string, text: string, paint?: (line: string) => string) => readonly string[];

/** What only those know who watched: how far the client came, and what its people want to know. */
function watchedLines(watched: WatchedFacts, style: Style, row: Row): readonly string[] {
  const findings = problemsFirst(watched.findings);
  return [
    ...row('last step', lastSeenInWords(watched)),
    ...watched.notes.flatMap((note, index) => row(index === 0 ? 'note' : '', `${capitalised(note)}.`)),
    ...row('findings', findings.length === 0 ? 'none' : String(findings.length)),
    ...findings.flatMap((finding) => findingLines(finding, style, '     ')),
  ];
}

interface VerdictRow {
  readonly label: string;
  readonly text: string;
  readonly paint: (text: string) => string;
}

/** One row: the label beside its text, or above it in a narrow window. */
function rowLines({ label, text, paint }: VerdictRow, { chalk, width }: Style): readonly string[] {
  const said = [{ text, paint }];
  if (width >= NARROW) {
    const first = `   ${label.padEnd(LABEL_WIDTH - 3)}`;
    return wrappedSpans(said, { width, first, rest: ' '.repeat(LABEL_WIDTH), paintFirst: chalk.dim });
  }
  const above = label === '' ? [] : [`  ${chalk.dim(label)}`];
  return [...above, ...wrappedSpans(said, { width, first: '    ', rest: '    ' })];
}

/** What a reader is likely to want to do now. */
function whatNext(
  outcome: FlowDocument['outcome'],
  checks: readonly CheckResult[],
  watched: WatchedFacts | null,
): string {
  if (watched !== null) return 'inspect-flow diff says where two saved flows part, as those of two clients';
  if (outcome === 'unreachable')
    return 'see that the server runs and that the URL is that of its MCP endpoint';
  if (outcome === 'not-protected')
    return 'to protect it, answer 401 with a challenge that names its metadata; npx mcp-oauth-demo all is a pair that does';
  const isFine = outcome === 'completed' && !checks.some(isBroken);
  return isFine
    ? '--verbose shows all; --output flow.json keeps it'
    : '--verbose shows whole headers and bodies, and each check; --output flow.json keeps them';
}
