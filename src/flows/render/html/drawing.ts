import {
  type Diagram,
  type MessageRow,
  type NoteRow,
  PARTY_TEXTS,
  type Row,
  type StepRow,
} from '../../diagram/diagram.js';
import type { Party } from '../../trace/trace.js';
import { html, type Markup, shown } from './markup.js';

/** A window that a diagram is drawn for. */
export interface Canvas {
  readonly id: string;
  /** user units, which are pixels where there is room for them */
  readonly width: number;
  /** of the names of the lanes */
  readonly names: 'name' | 'longName';
}

/** A wide one for a desk, and one that can be read on a phone. */
export const CANVASES: readonly Canvas[] = [
  { id: 'wide', width: 960, names: 'longName' },
  { id: 'narrow', width: 356, names: 'name' },
];

/** What a character of the labels takes, in user units; that of a monospaced font of 12 units, rounded up. */
const CHARACTER = 7.3;
const HEAD = 40;
const MARGIN = 6;

interface Place {
  readonly canvas: Canvas;
  readonly x: (party: Party) => number;
  readonly href: (row: Row) => string | undefined;
}

/**
 * The diagram as SVG: lanes from top to bottom, and a link from each row to what it is about.
 *
 * @param anchors ids on the page by the places of the rows
 */
export function drawing(
  { lanes, rows }: Diagram,
  canvas: Canvas,
  anchors: ReadonlyMap<number, string>,
): Markup {
  const lane = canvas.width / lanes.length;
  const place: Place = {
    canvas,
    x: (party) => Math.round(lane * (lanes.indexOf(party) + 0.5)),
    href: (row) => {
      const id = anchors.get(row.sequence);
      return id === undefined ? undefined : `#${id}`;
    },
  };
  let y = HEAD;
  const drawn = rows.map((row) => {
    const { markup, height } = drawRow(row, place);
    const at = y;
    y += height;
    return html`<g transform="translate(0 ${at})">${linked(markup, row, place)}</g>`;
  });
  const height = y + 12;
  const { width, id } = canvas;
  return html`<svg
    class="${id}"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="group"
    aria-labelledby="title-${id} desc-${id}"
  >
    <title id="title-${id}">Sequence diagram of the flow</title>
    <desc id="desc-${id}">
      ${lanes.map((party) => PARTY_TEXTS[party].longName).join(', ')}, and what went between them from top to
      bottom. The same in words is below.
    </desc>
    ${lanes.map((party) => drawLane(party, height, place))} ${drawn}
  </svg>`;
}

function linked(content: Markup, row: Row, { href }: Place): Markup {
  const target = href(row);
  const title = html`<title>${inWords(row)}</title>`;
  return target === undefined
    ? html`<g>${title}${content}</g>`
    : html`<a href="${target}">${title}${content}</a>`;
}

function drawLane(party: Party, height: number, { canvas, x }: Place): Markup {
  return html`<line class="lane" x1="${x(party)}" y1="${HEAD - 6}" x2="${x(party)}" y2="${height}" />
    <text class="party" x="${x(party)}" y="22" text-anchor="middle"
      >${PARTY_TEXTS[party][canvas.names]}</text
    >`;
}

interface Drawn {
  readonly markup: Markup;
  readonly height: number;
}

function drawRow(row: Row, place: Place): Drawn {
  if (row.kind === 'step') return drawStep(row, place);
  return row.kind === 'note' ? drawNote(row, place) : drawMessage(row, place);
}

function drawStep({ number, title, outcome }: StepRow, { canvas: { width } }: Place): Drawn {
  const markup = html`<rect
      class="step ${outcome}"
      x="${MARGIN}"
      y="10"
      width="${width - 2 * MARGIN}"
      height="24"
      rx="5"
    />
    <text class="step" x="${MARGIN + 10}" y="26.5">${number}&#160; ${title}</text>`;
  return { markup, height: 42 };
}

function drawMessage(row: MessageRow, { canvas: { width }, x }: Place): Drawn {
  const { from, to, label, details, part, tone } = row;
  const [start, end] = [x(from), x(to)];
  const towards = end > start ? -1 : 1;
  const room = Math.floor((width - 2 * MARGIN) / CHARACTER);
  const more = cut(details.join(', '), Math.min(room, 64));
  const head =
    part === 'lost'
      ? html`<path d="M${(start + end) / 2 - 5} 19l10 10m0 -10l-10 10" />`
      : html`<path class="head" d="M${end} 24l${towards * 9} -4.5v9z" />`;
  const markup = html`<g class="message ${part} ${tone}"
    ><rect class="hit" x="0" y="2" width="${width}" height="${more === '' ? 30 : 44}" rx="4" />
    ${textAt(cut(label, Math.min(room, 64)), (start + end) / 2, 16, width, 'label')}
    <line
      x1="${start}"
      y1="24"
      x2="${part === 'lost' ? (start + end) / 2 : end + towards * 8}"
      y2="24"
    />${head} ${more === '' ? undefined : textAt(more, (start + end) / 2, 38, width, 'more')}</g
  >`;
  return { markup, height: more === '' ? 36 : 50 };
}

function drawNote({ over, label, tone }: NoteRow, { canvas: { width }, x }: Place): Drawn {
  const room = Math.floor((width - 2 * MARGIN - 20) / CHARACTER);
  const lines = broken(shown(label), Math.min(room, 48));
  const longest = Math.max(...lines.map((line) => line.length));
  const box = Math.min(width - 2 * MARGIN, longest * CHARACTER + 20);
  const left = within(x(over) - box / 2, box, width);
  const height = lines.length * 16 + 10;
  const markup = html`<g class="note ${tone}"
    ><rect x="${left}" y="5" width="${box}" height="${height}" rx="5" />
    ${lines.map((line, index) => html`<text x="${left + box / 2}" y="${20 + index * 16}" text-anchor="middle">${line}</text>`)}</g
  >`;
  return { markup, height: height + 12 };
}

/** A text around a point, moved to where none of it is outside. */
function textAt(text: string, middle: number, y: number, width: number, className: string): Markup {
  const length = text.length * CHARACTER;
  const x = within(middle - length / 2, length, width) + length / 2;
  return html`<text class="${className}" x="${Math.round(x)}" y="${y}" text-anchor="middle">${text}</text>`;
}

function within(left: number, length: number, width: number): number {
  return Math.round(Math.max(MARGIN, Math.min(left, width - MARGIN - length)));
}

function cut(text: string, length: number): string {
  const safe = shown(text);
  return safe.length > length ? `${safe.slice(0, length - 1)}…` : safe;
}

/** At most three lines, broken at spaces where there are some. */
function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ').flatMap((long) => long.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [])) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.length > 3 ? [...lines.slice(0, 2), cut(`${lines[2]} …`, width)] : lines;
}

/** A row as a sentence: for those who cannot see the drawing, and for what has no room in it. */
export function inWords(row: Row): string {
  switch (row.kind) {
    case 'step':
      return `${row.number} ${row.title}`;
    case 'note':
      return `${PARTY_TEXTS[row.over].longName}: ${shown(row.label)}`;
    case 'message': {
      const details = row.details.length === 0 ? '' : ` (${row.details.join(', ')})`;
      const lost = row.part === 'lost' ? 'no answer: ' : '';
      const label = shown(`${lost}${row.label}${details}`);
      return `${PARTY_TEXTS[row.from].longName} to ${PARTY_TEXTS[row.to].longName}: ${label}`;
    }
  }
}
