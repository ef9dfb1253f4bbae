import type { CheckResult, FlowDocument } from '../../trace/trace.js';
import { compareIdentifiers } from '../../findings/identifiers.js';
import { capitalised } from '../../../shared/words.js';
import { renderMermaid } from '../mermaid.js';
import { networkSentences } from '../network.js';
import { chaptersOf, isBroken, worstFirst } from '../report.js';
import {
  checkTotals,
  OUTCOME_IN_WORDS,
  problemsFirst,
  RESPONSIBLE_IN_WORDS,
  ROUTE_IN_WORDS,
} from '../verdict-texts.js';
import type { Finding, WatchedFacts } from '../../trace/watched-facts.js';
import { guessInWords, lastSeenInWords, watchedInWords } from '../watched-texts.js';
import { code, fence, link, prose } from './escape.js';
import { MAX_MARKDOWN, type Size, SIZES } from './size.js';
import { chapterLines } from './steps.js';
import { section, table } from './table.js';

/** So many notes are in the table. */
const MAX_NOTES = 5;

const MARKS = { pass: '✅', fail: '❌', warn: '⚠️', skip: '⚪' } as const;

/**
 * A flow as Markdown, fit for an issue on GitHub: what came out, why, and each step behind `<details>`. No text of a
 * server can become markup, a link, a mention or an image. A long flow is shortened until an issue has room for it.
 */
export function renderMarkdown(document: FlowDocument): string {
  const [whole, ...shorter] = SIZES;
  let text = markdownOf(document, whole!);
  for (const size of shorter) {
    if (text.length <= MAX_MARKDOWN) break;
    text = markdownOf(document, size, true);
  }
  return text;
}

function markdownOf(document: FlowDocument, size: Size, isShortened = false): string {
  const lines = [
    `# ${document.watched === null ? 'Authorization flow of' : 'Watched authorization flow of'} ${code(document.target, size.text)}`,
    '',
    ...verdictLines(document, size),
    ...(isShortened
      ? ['', 'Shortened, so that an issue has room for it; the JSON trace has everything.']
      : []),
    ...section('Findings', findingLines(document.watched?.findings ?? [], size)),
    ...section('What is broken', brokenLines(document.checks.filter(isBroken), size)),
    ...section('Route', routeLines(document, size)),
    ...section('Diagram', fence('mermaid', renderMermaid(document, size.diagram).trimEnd().split('\n'))),
    ...section('Steps', chapterLines(chaptersOf(document), size)),
    ...section('Checks', checkLines(document.checks, size)),
    ...section('Identifiers', identifierLines(document, size)),
    '',
    `Written by ${prose(`${document.generator.name} ${document.generator.version}`, 200)}.`,
  ];
  return `${lines.join('\n')}\n`;
}

function verdictLines(document: FlowDocument, { text }: Size): readonly string[] {
  const { outcome, reason, revision, registration, checks, started_at, milliseconds, steps } = document;
  const { expectations, watched } = document;
  const { route, client_id: clientId, register_called: called } = registration;
  const good = outcome !== 'failed' && outcome !== 'unreachable';
  const failed = good ? undefined : steps.findLast((step) => step.outcome === 'failed');
  const outcomeText = OUTCOME_IN_WORDS[outcome] + (failed === undefined ? '' : ` at ${failed.id}`);
  return table(
    ['', ''],
    [
      ['outcome', `${outcome === 'under-way' ? '⏳' : good ? '✅' : '❌'} ${prose(outcomeText, text)}`],
      ...(reason === null ? [] : [['reason', prose(reason, text)]]),
      ['revision', `MCP ${code(revision, 40)}`],
      ...(route === null ? [] : [['route', `${code(route, 40)}: ${prose(ROUTE_IN_WORDS[route], text)}`]]),
      ...(clientId === null ? [] : [['client_id', code(clientId, text)]]),
      ['POST /register', called ? 'called' : 'not called'],
      ...networkSentences(document.network).map((sentence) => ['network', `⚠️ ${prose(sentence, text)}`]),
      ...expectations.map(({ expectation, met, seen }) => [
        'expected',
        met ? `✅ ${code(expectation, text)}` : `❌ ${code(expectation, text)}, seen: ${prose(seen, text)}`,
      ]),
      ...(watched === null ? [['checks', checkTotals(checks)]] : watchedRows(watched, text)),
      ['time', `${code(started_at, 40)}, took ${milliseconds} ms`],
    ],
  );
}

function watchedRows(watched: WatchedFacts, text: number): readonly (readonly string[])[] {
  return [
    ['watched', prose(watchedInWords(watched), text)],
    ...(watched.client === null ? [] : [['client', prose(guessInWords(watched.client), text)]]),
    ['last step', prose(lastSeenInWords(watched), text)],
    ...watched.notes.slice(0, MAX_NOTES).map((note) => ['note', `⚠️ ${prose(note, text)}`]),
  ];
}

function findingLines(findings: readonly Finding[], { text, rows }: Size): readonly string[] {
  if (findings.length === 0) return [];
  return table(
    ['', 'finding', 'seen', 'to do'],
    problemsFirst(findings).map(({ id, severity, what, evidence, who, change, spec }) => [
      `${severity === 'problem' ? '❌' : '⚠️'} ${severity}`,
      `${code(id, text)}: ${prose(what, text)}${spec === null ? '' : ` (${link(spec.title, spec.url)})`}`,
      prose(evidence.join('; '), text),
      `**${RESPONSIBLE_IN_WORDS[who]}**: ${prose(change, text)}`,
    ]),
    rows,
  );
}

function routeLines({ registration }: FlowDocument, { text, rows }: Size): readonly string[] {
  const { because, precedence, chosen, conforming } = registration;
  const reasons = because.slice(0, rows).map((sentence) => `- ${prose(capitalised(sentence), text)}`);
  if (precedence.length === 0) return reasons;
  return [
    ...reasons,
    '',
    'The ways to a client_id, in the order of the specification:',
    '',
    ...table(
      ['', 'way', 'why', ''],
      precedence.map((considered) => [
        considered.possible ? '✅' : '⚪',
        code(considered.way, 40),
        prose(considered.because, text),
        [
          considered.way === chosen ? '**taken**' : '',
          considered.way === conforming ? 'what the specification wants' : '',
        ]
          .filter((mark) => mark !== '')
          .join(', '),
      ]),
      rows,
    ),
  ];
}

function brokenLines(broken: readonly CheckResult[], { text, rows }: Size): readonly string[] {
  if (broken.length === 0) return [];
  return table(
    ['', 'check', 'rule', 'seen', 'remedy'],
    worstFirst(broken).map((check) => [
      `${MARKS[check.status]} ${check.level}`,
      code(check.id, text),
      `${prose(check.rule, text)} (${link(check.spec.title, check.spec.url)})`,
      prose(check.evidence, text),
      prose(check.remedy, text),
    ]),
    rows,
  );
}

/** The broken ones have their own table; of the others it is enough to know that they were looked at. */
function checkLines(checks: readonly CheckResult[], { text, rows, met }: Size): readonly string[] {
  const others = worstFirst(checks.filter((check) => !isBroken(check)));
  if (others.length === 0 || !met) return [];
  const count = `${others.length} that ${others.length === 1 ? 'was' : 'were'} met, or that nothing settled`;
  return [
    `<details><summary>${count}</summary>`,
    '',
    ...table(
      ['', 'check', 'rule', 'seen', 'section'],
      others.map((check) => [
        `${MARKS[check.status]} ${check.level}`,
        code(check.id, text),
        prose(check.rule, text),
        prose(check.evidence, text),
        link(check.spec.title, check.spec.url),
      ]),
      rows,
    ),
    '',
    '</details>',
  ];
}

function identifierLines({ identifiers }: FlowDocument, { text, rows }: Size): readonly string[] {
  const compared = compareIdentifiers(identifiers);
  if (compared.length === 0) return [];
  const differing = compared.filter(({ difference }) => difference !== null);
  return table(
    ['kind', 'value', 'seen as', 'difference'],
    [...differing, ...compared.filter(({ difference }) => difference === null)].map(
      ({ kind, value, where, difference }) => [
        code(kind, 40),
        code(value, text),
        prose(where.slice(0, 20).join(', '), text),
        difference === null ? '' : `⚠️ ${prose(difference.inWords, text)}`,
      ],
    ),
    rows,
  );
}
