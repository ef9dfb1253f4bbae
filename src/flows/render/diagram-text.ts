import type { ChalkInstance } from 'chalk';
import {
  type Diagram,
  type MessageRow,
  type NoteRow,
  PARTY_TEXTS,
  type Row,
  type Tone,
} from '../diagram/diagram.js';
import type { Party } from '../trace/trace.js';
import { columnsOf, fitted, padded, steady } from './columns.js';
import { wrappedSpans } from './layout.js';

/** How a diagram is drawn on a terminal. */
export interface DiagramLayout {
  readonly chalk: ChalkInstance;
  /** columns that a line may have */
  readonly width: number;
}

/** Below this there is no room for lanes beside the labels. */
const NARROWEST_LADDER = 40;
/** From here on a lane can have its name in full. */
const WIDE_ENOUGH_FOR_NAMES = 60;
/** So many columns a time takes, as in ` 15000 ms`. */
const TIME_COLUMNS = 9;
/** So many lines a note may have. */
const MAX_NOTE_LINES = 3;

const SHORT_NAMES: Readonly<Record<Party, string>> = { browser: 'B', client: 'C', rs: 'RS', as: 'AS' };

/**
 * A sequence diagram as a ladder: the lanes on the left, one row for each message with its arrow, and what it says to
 * the right of it. Where the window is too narrow for lanes, it is a list of who said what to whom.
 *
 * @returns lines, none of which is wider than the window
 */
export function diagramLines(diagram: Diagram, layout: DiagramLayout): readonly string[] {
  if (layout.width < NARROWEST_LADDER) return diagram.rows.flatMap((row) => listLines(row, layout));
  const ladder = ladderOf(diagram.lanes, layout);
  return [
    ...headerLines(ladder),
    ...diagram.rows.flatMap((row) => rowLines(row, ladder)),
    ladder.chalk.dim(rungs(ladder, () => '│').trimEnd()),
  ];
}

/** Where the lanes are, and where the labels begin. */
interface Ladder extends DiagramLayout {
  readonly lanes: readonly Party[];
  readonly names: Readonly<Record<Party, string>>;
  readonly areNamesShort: boolean;
  /** columns from one lane to the next */
  readonly pitch: number;
  /** column of the first lane, counted from 0 */
  readonly start: number;
  /** column at which the labels begin */
  readonly labelAt: number;
}

function ladderOf(lanes: readonly Party[], layout: DiagramLayout): Ladder {
  const areNamesShort = layout.width < WIDE_ENOUGH_FOR_NAMES;
  const pitch = areNamesShort ? 4 : layout.width < 100 ? 8 : 12;
  const start = areNamesShort ? 1 : 4;
  const fullNames = Object.fromEntries(
    Object.entries(PARTY_TEXTS).map(([party, { name }]) => [party, name]),
  ) as Readonly<Record<Party, string>>;
  return {
    ...layout,
    lanes,
    names: areNamesShort ? SHORT_NAMES : fullNames,
    areNamesShort,
    pitch,
    start,
    labelAt: start + (lanes.length - 1) * pitch + 4,
  };
}

function headerLines({ lanes, names, areNamesShort, pitch, start, chalk, width }: Ladder): readonly string[] {
  let header = '';
  lanes.forEach((party, index) => {
    const from = start + index * pitch - Math.floor((names[party].length - 1) / 2);
    header = header.padEnd(Math.max(0, from)) + names[party];
  });
  const legend = 'B browser, C client, RS MCP server, AS authorization server';
  return [
    ...(areNamesShort
      ? wrappedSpans([{ text: legend, paint: chalk.dim }], { width, first: '', rest: '' })
      : []),
    chalk.bold(header),
  ];
}

/** The columns left of the labels: `sign` says what stands where a lane is. */
function rungs({ lanes, pitch, start, labelAt }: Ladder, sign: (party: Party) => string): string {
  const cells: string[] = Array.from({ length: labelAt }, () => ' ');
  lanes.forEach((party, index) => (cells[start + index * pitch] = sign(party)));
  return cells.join('');
}

function rowLines(row: Row, ladder: Ladder): readonly string[] {
  switch (row.kind) {
    case 'step': {
      const mark = row.outcome === 'failed' ? ' ✗' : '';
      const paint = row.outcome === 'failed' ? ladder.chalk.bold.red : ladder.chalk.bold.cyan;
      const label = `${row.number} ${row.title}${mark}`;
      return [
        ladder.chalk.dim(rungs(ladder, () => '│')) +
          labelled(label, [], { ...ladder, paint }, row.milliseconds),
      ];
    }
    case 'message':
      return [messageLine(row, ladder)];
    case 'note':
      return noteLines(row, ladder);
  }
}

function messageLine(row: MessageRow, ladder: Ladder): string {
  const paint = row.part === 'request' ? (text: string) => text : paintOf(row.tone, ladder.chalk);
  const label = labelled(row.label, row.details, { ...ladder, paint }, row.milliseconds);
  if (row.part === 'lost') {
    return markedRungs(ladder, row.from, '✗', paint) + label;
  }
  return arrow(row, ladder, paint) + label;
}

type Paint = (text: string) => string;

/** The lanes with an arrow from one to another, which crosses those in between. */
function arrow({ from, to, part }: MessageRow, ladder: Ladder, paint: Paint): string {
  const { lanes, pitch, start, labelAt, chalk } = ladder;
  const columnOf = (party: Party) => start + lanes.indexOf(party) * pitch;
  const [source, target] = [columnOf(from), columnOf(to)];
  const isRightward = source < target;
  const [left, right] = isRightward ? [source, target] : [target, source];
  const shaft = part === 'request' ? '─' : '╌';
  const plain = rungs(ladder, () => '│');
  const inner = Array.from({ length: right - left - 1 }, (_, index) => {
    const column = left + 1 + index;
    const isHead = column === (isRightward ? right - 1 : left + 1);
    if (isHead) return isRightward ? '►' : '◄';
    return plain[column] === '│' ? '┼' : shaft;
  }).join('');
  const [first, last] = isRightward ? ['├', '│'] : ['│', '┤'];
  return (
    chalk.dim(plain.slice(0, left)) + paint(first + inner + last) + chalk.dim(plain.slice(right + 1, labelAt))
  );
}

function noteLines({ label, over, tone }: NoteRow, ladder: Ladder): readonly string[] {
  const { chalk, width, labelAt } = ladder;
  const paint = paintOf(tone, chalk);
  const sign = tone === 'error' ? '✗' : tone === 'refused' ? '!' : '●';
  const lines = wrappedSpans([{ text: steady(label) }], {
    width: width - labelAt,
    first: '',
    rest: '',
    breakUrls: true,
  });
  const kept = lines.slice(0, MAX_NOTE_LINES);
  const isCut = lines.length > kept.length;
  return kept.map((line, index) => {
    const left = index === 0 ? markedRungs(ladder, over, sign, paint) : chalk.dim(rungs(ladder, () => '│'));
    const text = isCut && index === kept.length - 1 ? `${fitted(line, width - labelAt - 2)} …` : line;
    return left + chalk.bold(paint(text));
  });
}

/** The lanes with a mark on one of them. */
function markedRungs(ladder: Ladder, over: Party, sign: string, paint: Paint): string {
  const at = ladder.start + Math.max(0, ladder.lanes.indexOf(over)) * ladder.pitch;
  const plain = rungs(ladder, () => '│');
  return ladder.chalk.dim(plain.slice(0, at)) + paint(sign) + ladder.chalk.dim(plain.slice(at + 1));
}

/** What stands beside the lanes: a label, as many of the details as have room, and the time at the right end. */
function labelled(
  label: string,
  details: readonly string[],
  { chalk, width, labelAt, paint }: Ladder & { readonly paint: Paint },
  milliseconds: number | null,
): string {
  const columns = width - labelAt;
  const time = columns >= 36 && milliseconds !== null ? `${milliseconds} ms` : '';
  const room = time === '' ? columns : columns - Math.max(TIME_COLUMNS, time.length + 1);
  const text = fitted(steady(label), room);
  const beside = besides(details, room - columnsOf(text) - 2);
  const used = columnsOf(text) + columnsOf(beside);
  const gap = time === '' ? '' : padded('', columns - used - time.length);
  return paint(text) + chalk.dim(beside) + (time === '' ? '' : gap + chalk.dim(time));
}

function besides(details: readonly string[], room: number): string {
  let text = '';
  for (const detail of details.map((each) => steady(each))) {
    const longer = text === '' ? detail : `${text}, ${detail}`;
    if (columnsOf(longer) > room) break;
    text = longer;
  }
  return text === '' ? '' : `  ${text}`;
}

function paintOf(tone: Tone, chalk: ChalkInstance): Paint {
  return { ok: chalk.green, expected: chalk.cyan, refused: chalk.yellow, error: chalk.red }[tone];
}

/** One row where there are no lanes. */
function listLines(row: Row, { chalk, width }: DiagramLayout): readonly string[] {
  const lines = (text: string, paint: Paint) =>
    wrappedSpans([{ text, paint }], { width, first: ' ', rest: '   ', breakUrls: true });
  if (row.kind === 'step') return lines(`${row.number} ${row.title}`, chalk.bold.cyan);
  if (row.kind === 'note')
    return lines(`${PARTY_TEXTS[row.over].name}: ${row.label}`, paintOf(row.tone, chalk));
  const paint = row.part === 'request' ? (text: string) => text : paintOf(row.tone, chalk);
  const sign = row.part === 'lost' ? '✗' : '→';
  return lines(`${PARTY_TEXTS[row.from].name} ${sign} ${PARTY_TEXTS[row.to].name} ${row.label}`, paint);
}
