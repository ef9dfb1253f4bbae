import { capitalised } from '../../shared/words.js';
import type { Finding } from '../trace/watched-facts.js';
import { wrapped, wrappedSpans } from './layout.js';
import type { Style } from './style.js';
import { RESPONSIBLE_IN_WORDS } from './verdict-texts.js';

/**
 * A finding for a terminal: what it is, what was seen, and who should change what.
 *
 * @param indent what each line begins with
 */
export function findingLines(finding: Finding, style: Style, indent: string): readonly string[] {
  const { id, severity, what, evidence, who, change, spec } = finding;
  const { chalk, width, link } = style;
  const [first, ...others] = evidence;
  const isProblem = severity === 'problem';
  const paint = isProblem ? chalk.red : chalk.yellow;
  const explained = (label: string, words: string) =>
    wrappedSpans([{ text: label, paint: chalk.dim }, { text: words }], {
      width,
      first: `${indent}  `,
      rest: `${indent}        `,
    });
  const section =
    spec === null
      ? []
      : [{ text: `[${spec.title}]`, paint: (text: string) => chalk.dim(link(text, spec.url)) }];
  return [
    ...wrappedSpans([{ text: `${isProblem ? '✗' : '!'} ${id}: ${what}`, paint }, ...section], {
      width,
      first: indent,
      rest: `${indent}  `,
    }),
    ...(first === undefined ? [] : explained('seen:', first)),
    ...others.flatMap((sentence) => wrapped(sentence, width, `${indent}        `, `${indent}        `)),
    ...explained('to do:', `${RESPONSIBLE_IN_WORDS[who]}: ${capitalised(change)}`),
  ];
}
