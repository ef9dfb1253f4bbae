import type { CheckResult, FlowDecision } from '../trace/trace.js';
import { type Span, wrappedSpans } from './layout.js';
import type { Style } from './style.js';

const MARKS = { pass: '✓', fail: '✗', warn: '!', skip: '·' } as const;

/** What was decided, why, and by which section. */
export function decisionLines({ what, because, spec }: FlowDecision, style: Style): readonly string[] {
  const { chalk, width, verbose } = style;
  const indented = { width, first: '     ', rest: '     ' };
  return [
    ...wrappedSpans([{ text: what, paint: chalk.bold }], { width, first: '   • ', rest: '     ' }),
    ...wrappedSpans([{ text: `because ${because}` }, reference(spec, style)], indented),
    ...(verbose ? wrappedSpans([{ text: spec.url, paint: chalk.dim }], indented) : []),
  ];
}

/** The title of a section, in brackets, which leads there where the terminal has links. */
function reference({ title, url }: FlowDecision['spec'], { link, chalk }: Style): Span {
  return { text: `[${title}]`, paint: (text) => chalk.dim(link(text, url)) };
}

/**
 * One check; of a broken one also what was seen, and what to do.
 *
 * @param indent what each line begins with
 */
export function checkLines(check: CheckResult, style: Style, indent: string): readonly string[] {
  const { chalk, width } = style;
  const { id, level, status, rule, evidence, remedy, spec } = check;
  const paint = { pass: chalk.green, fail: chalk.red, warn: chalk.yellow, skip: chalk.dim }[status];
  const place = { width, first: indent, rest: `${indent}  ` };
  const text = `${MARKS[status]} ${level} ${id}: ${rule}`;
  if (!isBroken(check)) return wrappedSpans([{ text: `${text} (${evidence})`, paint }], place);
  const explained = (label: string, words: string) =>
    wrappedSpans([{ text: label, paint: chalk.dim }, { text: words }], {
      width,
      first: `${indent}  `,
      rest: `${indent}        `,
    });
  return [
    ...wrappedSpans([{ text, paint }, reference(spec, style)], place),
    ...explained('seen:', evidence),
    ...explained('to do:', remedy),
  ];
}

/** Whether a check says that something is wrong. */
export function isBroken({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn';
}
