import { Chalk } from 'chalk';
import { DIFF_SECTIONS, type Difference, type DiffSection, type FlowDiff } from '../diff/difference.js';
import { capitalised } from '../../shared/words.js';
import { jsonText } from './json-text.js';
import { cut, wrapped } from './layout.js';

/** How a comparison is laid out, and what its two files are called. */
export interface DiffLayout {
  readonly colour: boolean;
  /** columns */
  readonly width: number;
  /** of the first and the second file */
  readonly names: readonly [string, string];
}

/** More than this of one value is not shown; the JSON has it whole. */
const MAX_VALUE = 600;

const TITLES: Readonly<Record<DiffSection, string>> = {
  flow: 'The flow',
  registration: 'Registration',
  steps: 'Steps',
  exchanges: 'Exchanges',
  decisions: 'Decisions',
  checks: 'Checks',
  identifiers: 'Identifiers',
  metadata: 'Metadata',
  scopes: 'Scopes',
  tools: 'Tools',
  findings: 'Findings',
};

/** Writes for people where two flows part, and what else is different. Nothing in it can steer the terminal. */
export function renderDiff(diff: FlowDiff, { colour, width, names }: DiffLayout): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const side = (mark: 'a' | 'b', text: string | null) => {
    const paint = mark === 'a' ? chalk.red : chalk.green;
    return wrapped(cut(text ?? '(nothing)', MAX_VALUE), width, `     ${mark}  `, '        ').map((line) =>
      paint(line),
    );
  };
  const both = ({ a, b }: { readonly a: string | null; readonly b: string | null }) => [
    ...side('a', a),
    ...side('b', b),
  ];
  const sectionLines = (section: DiffSection) => {
    const own = diff.differences.filter((one) => one.section === section);
    if (own.length === 0) return [];
    return [
      '',
      chalk.bold(TITLES[section]),
      ...own.flatMap((one) => [...wrapped(labelOf(one), width, '   ', '   '), ...both(one)]),
    ];
  };
  const lines = [
    ...wrapped(`${names[0]}: ${summary(diff.a)}`, width, 'a  ', '   '),
    ...wrapped(`${names[1]}: ${summary(diff.b)}`, width, 'b  ', '   '),
    '',
    ...(diff.parting
      ? [
          ...wrapped(`${capitalised(diff.parting.what)}.`, width, '', '').map((line) => chalk.bold(line)),
          ...both(diff.parting),
        ]
      : [
          chalk.bold(
            diff.same ? 'The two flows are the same.' : 'The two flows do the same, with other results.',
          ),
        ]),
    ...(diff.registration === null
      ? []
      : wrapped(`${capitalised(diff.registration)}.`, width, '', '').map((line) => chalk.bold(line))),
    ...DIFF_SECTIONS.flatMap(sectionLines),
  ];
  return `${lines.join('\n')}\n`;
}

/** The comparison as a JSON document. */
export function renderDiffJson(diff: FlowDiff): string {
  return jsonText(diff);
}

function labelOf({ section, step, what }: Difference): string {
  return step === null || section === 'steps' ? what : `${step}: ${what}`;
}

function summary({ outcome, route, started_at, target, client }: FlowDiff['a']): string {
  return `${client === null ? '' : `probably ${client}, `}${outcome}${route === null ? '' : `, route ${route}`}, ${started_at}, ${target}`;
}
