import type { CheckResult, FlowDocument, FlowOutcome } from '../../trace/trace.js';
import { capitalised } from '../../../shared/words.js';
import { isBroken, worstFirst } from '../report.js';
import type { WatchedFacts } from '../../trace/watched-facts.js';
import { checkTotals, OUTCOME_IN_WORDS, ROUTE_IN_WORDS } from '../verdict-texts.js';
import { guessInWords, lastSeenInWords, watchedInWords } from '../watched-texts.js';
import { networkSentences } from '../network.js';
import { code, html, type Markup, type Part, shown } from './markup.js';

const LOOKS: Readonly<Record<FlowOutcome, string>> = {
  completed: 'good',
  'not-protected': 'plain',
  stopped: 'plain',
  failed: 'bad',
  unreachable: 'bad',
  'under-way': 'plain',
};

/** What came out, for those who read no further. */
export function verdictSection(document: FlowDocument): Markup {
  const { outcome, reason, revision, registration, checks, expectations, steps, network, watched } = document;
  const { route, client_id: clientId, register_called: called } = registration;
  const failed = LOOKS[outcome] === 'bad' ? steps.findLast((step) => step.outcome === 'failed') : undefined;
  const where = failed === undefined ? '' : ` at ${failed.id}`;
  const broken = worstFirst(checks.filter(isBroken));
  const rows: readonly (readonly [string, Part])[] = [
    ...(route === null
      ? []
      : [['Route', html`<strong>${route}</strong>: ${ROUTE_IN_WORDS[route]}`] as const]),
    ...(clientId === null ? [] : [['client_id', code(clientId)] as const]),
    ['POST /register', called ? 'called' : 'not called'],
    ['MCP revision', code(revision, 100)],
    ...networkSentences(network).map((sentence) => ['Network', shown(capitalised(sentence))] as const),
    ...(watched === null ? [['Checks', checkTotals(checks)] as const] : watchedRows(watched)),
    ...(broken.length === 0
      ? []
      : [
          [
            'Broken',
            html`<ul>
              ${broken.map(brokenItem)}
            </ul>`,
          ] as const,
        ]),
    ...expectations.map(
      ({ expectation, met, seen }) =>
        [
          'Expected',
          met
            ? html`<span class="good">✓</span> ${code(expectation)}`
            : html`<span class="bad">✗</span> ${code(expectation)}, seen: ${shown(seen)}`,
        ] as const,
    ),
  ];
  return html`<section id="verdict" class="verdict ${LOOKS[outcome]}">
    <h2>Verdict</h2>
    <p class="outcome">${capitalised(OUTCOME_IN_WORDS[outcome] + where)}</p>
    ${reason === null ? undefined : html`<p>${shown(capitalised(reason))}</p>`} ${facts(rows)}
  </section>`;
}

function watchedRows(watched: WatchedFacts): readonly (readonly [string, Part])[] {
  return [
    ['Watched', shown(capitalised(watchedInWords(watched)))],
    ...(watched.client === null ? [] : [['Client', shown(guessInWords(watched.client))] as const]),
    ['Last step', shown(lastSeenInWords(watched))],
    ...watched.notes.map((note) => ['Note', shown(capitalised(note))] as const),
  ];
}

function brokenItem({ sequence, id, status, level, rule }: CheckResult): Markup {
  const look = status === 'fail' ? 'bad' : 'warn';
  return html`<li>
    <span class="${look}">${level}</span> <a href="#check-${sequence}">${shown(id)}</a>: ${shown(rule)}
  </li>`;
}

/** Names and what they stand for. */
export function facts(rows: readonly (readonly [string, Part])[]): Markup {
  return html`<dl>
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
