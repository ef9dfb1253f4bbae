import type { CheckResult, FlowDocument } from '../../trace/trace.js';
import { isBroken, worstFirst } from '../report.js';
import type { Anchors } from './anchors.js';
import { code, html, link, type Markup, shown } from './markup.js';
import { facts } from './verdict.js';

const STATUSES = [
  { status: 'fail', mark: '✗', name: 'Failed', look: 'bad' },
  { status: 'warn', mark: '!', name: 'Warned', look: 'warn' },
  { status: 'pass', mark: '✓', name: 'Passed', look: 'good' },
  { status: 'skip', mark: '·', name: 'Not settled', look: 'quiet' },
] as const satisfies readonly { readonly status: CheckResult['status']; readonly [name: string]: string }[];

/** Every requirement that was held against the flow, the broken ones first and open; a filter that needs no script. */
export function checksSection({ checks }: FlowDocument, anchors: Anchors): Markup {
  if (checks.length === 0) return html``;
  const filters = [
    { status: 'all', name: 'All', count: checks.length },
    ...STATUSES.map(({ status, name }) => ({
      status,
      name,
      count: checks.filter((check) => check.status === status).length,
    })),
  ].filter(({ count }) => count > 0);
  return html`<section id="checks">
    <h2>Checks</h2>
    <fieldset class="filter">
      <legend>Show</legend>
      ${filters.map(
        ({ status, name, count }, index) =>
          html`<label
            ><input
              type="radio"
              name="show"
              id="show-${status}"
              ${index === 0 ? html` checked` : undefined}
            />
            ${name} <span class="quiet">${count}</span></label
          >`,
      )}
    </fieldset>
    <ul class="checks">
      ${worstFirst(checks).map((check) => checkItem(check, anchors))}
    </ul>
  </section>`;
}

function checkItem(check: CheckResult, anchors: Anchors): Markup {
  const { mark, name, look } = STATUSES.find(({ status }) => status === check.status)!;
  const id = anchors.take('check', check.sequence);
  const broken = isBroken(check);
  return html`<li class="${check.status}"${id === undefined ? undefined : html` id="${id}"`}><details${broken ? html` open` : undefined}>
<summary><span class="${look}" title="${name}">${mark}</span> <span class="level">${check.level}</span> ${shown(check.rule)}</summary>
${facts([
  ['seen', shown(check.evidence)],
  ...(broken ? [['remedy', shown(check.remedy)] as const] : []),
  ['section', link(check.spec.title, check.spec.url)],
  ['check', code(check.id)],
])}</details></li>`;
}
