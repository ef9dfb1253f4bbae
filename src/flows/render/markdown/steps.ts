import { STATUS_CODES } from 'node:http';
import { shownBody } from '../body.js';
import { cutShort } from '../cut-short.js';
import { type Chapter, type Entry, skippedInWords } from '../report.js';
import type { FlowDecision, FrontChannelMessage, TracedExchange } from '../../trace/trace.js';
import { code, fence, blockCode, link, prose } from './escape.js';
import type { Size } from './size.js';
import { printable } from '../../../shared/printable.js';

const OUTCOME_MARKS = { done: '✅', failed: '❌', skipped: '⚪', 'under-way': '⏳' } as const;

/** The steps one after the other: purpose, what came out, what was decided and why, and each exchange. */
export function chapterLines(chapters: readonly Chapter[], size: Size): readonly string[] {
  const shown = chapters.filter(({ step, entries }) => step?.outcome !== 'skipped' || entries.length > 0);
  const skipped = chapters.filter((chapter) => !shown.includes(chapter));
  return [
    ...shown.slice(0, size.rows).flatMap((chapter) => oneChapter(chapter, size)),
    ...(shown.length > size.rows ? [`… and ${shown.length - size.rows} more steps`, ''] : []),
    ...skippedInWords(skipped.flatMap(({ step }) => step ?? []))
      .slice(0, size.rows)
      .flatMap((sentence) => [`⚪ ${prose(sentence, size.text)}`, '']),
  ];
}

function oneChapter({ number, title, purpose, step, entries }: Chapter, size: Size): readonly string[] {
  const shown = entries.filter(({ kind }) => kind !== 'check');
  return [
    `### ${number} ${title}`,
    '',
    `_${purpose}_`,
    '',
    ...spaced(shown.slice(0, size.rows).map((entry) => entryLines(entry, size))),
    ...(shown.length > size.rows ? [`- … and ${shown.length - size.rows} more`] : []),
    '',
    ...(step === undefined
      ? []
      : [
          `${OUTCOME_MARKS[step.outcome]} ${prose(step.reason ?? step.outcome, size.text)} (${step.milliseconds} ms)`,
          '',
        ]),
  ];
}

/** One after the other; those of more than one line with an empty line around. */
function spaced(entries: readonly (readonly string[])[]): readonly string[] {
  return entries.flatMap((lines, index) => {
    const before = entries[index - 1];
    return before !== undefined && (lines.length > 1 || before.length > 1) ? ['', ...lines] : lines;
  });
}

function entryLines(entry: Entry, size: Size): readonly string[] {
  switch (entry.kind) {
    case 'check':
      return [];
    case 'decision':
      return decisionLines(entry.decision, size);
    case 'front-channel':
      return messageLines(entry.message, size);
    case 'exchange':
      return exchangeLines(entry.exchange, size);
  }
}

function decisionLines({ what, because, spec }: FlowDecision, { text }: Size): readonly string[] {
  return [`- **${prose(what, text)}** because ${prose(because, text)} (${link(spec.title, spec.url)})`];
}

function messageLines({ kind, url }: FrontChannelMessage, { text }: Size): readonly string[] {
  const what = kind === 'authorization-request' ? 'Sent by way of the browser' : 'Came by way of the browser';
  return [`- ${what}: ${code(url, text)}`];
}

function exchangeLines(exchange: TracedExchange, size: Size): readonly string[] {
  const { request, response, error, milliseconds, reason_code: reason } = exchange;
  const refused = reason === null ? '' : ` (${printable(reason, 100)})`;
  const came =
    response === null ? printable(error ?? 'no response', 200) : statusText(response.status) + refused;
  if (size.body === 0) {
    return [
      `- ${code(`${request.method} ${request.url}`, size.text)}: ${prose(came, 200)} (${milliseconds} ms)`,
    ];
  }
  const sent = `${request.method} ${request.url}`;
  const missing = cutShort(exchange);
  return [
    `<details><summary>${blockCode(sent, 160)}: ${blockCode(came, 200)} (${milliseconds} ms)</summary>`,
    '',
    ...messageFence(sent, request, size),
    ...(response === null
      ? []
      : ['', ...messageFence(`HTTP ${statusText(response.status)}`, response, size)]),
    ...(error === null ? [] : ['', `❌ ${prose(error, size.text)}`]),
    ...(missing === undefined ? [] : ['', `❌ ${missing}`]),
    '',
    '</details>',
  ];
}

function messageFence(
  first: string,
  { headers, body }: Pick<TracedExchange['request'], 'headers' | 'body'>,
  size: Size,
): readonly string[] {
  const { lines, left } = shownBody(body, size.body);
  const all = Object.entries(headers);
  return fence('http', [
    printable(first, size.body),
    ...all.slice(0, size.rows).map(([name, value]) => printable(`${name}: ${value}`, size.text * 2)),
    ...(all.length > size.rows ? [`… ${all.length - size.rows} more headers`] : []),
    ...(lines.length === 0 ? [] : ['', ...lines]),
    ...(left > 0 ? [`… ${left} more characters`] : []),
  ]);
}

function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trim();
}
