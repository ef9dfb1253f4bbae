import type { FlowDecision, FlowDocument, FlowStep, TracedExchange } from '../../trace/trace.js';
import { type Chapter, chaptersOf, type Entry, isBroken, skippedInWords } from '../report.js';
import type { Anchors } from './anchors.js';
import { exchangeArticle, messageArticle } from './exchange.js';
import { html, link, type Markup, shown } from './markup.js';

const MARKS: Readonly<Record<FlowStep['outcome'], string>> = {
  done: '✓',
  failed: '✗',
  skipped: '·',
  'under-way': '…',
};
const LOOKS: Readonly<Record<FlowStep['outcome'], string>> = {
  done: 'good',
  failed: 'bad',
  skipped: 'quiet',
  'under-way': 'quiet',
};

/** What somebody who knows more than the document has to say of an exchange; it stands below its answer. */
export type ExchangeRemark = (exchange: TracedExchange) => Markup | undefined;

/** Each step with its purpose, what was exchanged and decided in it, and what came out. */
export function stepsSection(document: FlowDocument, anchors: Anchors): Markup {
  const { told, skipped } = toldChapters(document);
  return html`<section id="steps">
    <h2>Steps</h2>
    ${told.map((chapter) => chapterSection(chapter, anchors))} ${skippedLine(skipped)}
  </section>`;
}

/** The chapters of which there is something to tell, and those that were only skipped. */
export function toldChapters(document: FlowDocument): {
  readonly told: readonly Chapter[];
  readonly skipped: readonly Chapter[];
} {
  const chapters = chaptersOf(document);
  const told = chapters.filter(({ step, entries }) => step?.outcome !== 'skipped' || entries.length > 0);
  return { told, skipped: chapters.filter((chapter) => !told.includes(chapter)) };
}

/** Names the steps that were skipped; nothing where none was. */
export function skippedLine(skipped: readonly Chapter[]): Markup | undefined {
  const sentences = skippedInWords(skipped.flatMap(({ step }) => step ?? []));
  if (sentences.length === 0) return undefined;
  return html`${sentences.map((sentence) => html`<p class="quiet">${shown(sentence)}.</p>`)}`;
}

/** A step with its purpose, what was exchanged and decided in it, and what came out. */
export function chapterSection(
  { number, title, purpose, step, entries }: Chapter,
  anchors: Anchors,
  remark?: ExchangeRemark,
): Markup {
  const id = step === undefined ? undefined : anchors.take('step', step.sequence);
  const failed = step?.outcome === 'failed' ? 'failed' : '';
  return html`<section class="step ${failed}" ${id === undefined ? undefined : html` id="${id}"`}>
    <h3><span class="number">${number}</span> ${title}</h3>
    <p class="purpose">${purpose}</p>
    ${entries.map((entry) => entryMarkup(entry, anchors, remark))}
    ${step === undefined ? undefined : ending(step)}
  </section>`;
}

function ending({ outcome, reason, milliseconds }: FlowStep): Markup {
  return html`<p class="ending">
    <span class="${LOOKS[outcome]}">${MARKS[outcome]} ${shown(reason ?? outcome)}</span>
    <span class="quiet">${milliseconds} ms</span>
  </p>`;
}

function entryMarkup(entry: Entry, anchors: Anchors, remark?: ExchangeRemark): Markup | undefined {
  switch (entry.kind) {
    case 'exchange':
      return exchangeArticle(entry.exchange, anchors, remark?.(entry.exchange));
    case 'front-channel':
      return messageArticle(entry.message, anchors);
    case 'decision':
      return decision(entry.decision);
    case 'check': {
      const { check } = entry;
      if (!isBroken(check)) return undefined;
      const look = check.status === 'fail' ? 'bad' : 'warn';
      return html`<p class="finding ${look}">
        ${check.level} broken: <a href="#check-${check.sequence}">${shown(check.id)}</a>
      </p>`;
    }
  }
}

function decision({ what, because, spec }: FlowDecision): Markup {
  return html`<p class="decision">
    <strong>${shown(what)}</strong> because ${shown(because)}
    <span class="spec">${link(spec.title, spec.url)}</span>
  </p>`;
}
