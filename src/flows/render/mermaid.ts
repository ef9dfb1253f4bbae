import { printable } from '../../shared/printable.js';
import {
  type Diagram,
  diagramOf,
  type MessageRow,
  PARTY_TEXTS,
  type Row,
  type Tone,
} from '../diagram/diagram.js';
import type { FlowDocument, Party } from '../trace/trace.js';

/** Mermaid reads no more than 50000 characters, unless the page that shows it says otherwise. */
const MAX_LENGTH = 48_000;

/** Where a label goes on in the next line, so that the lanes stay close together. */
const LABEL_WIDTH = 56;

/** From all of it to what is left of a flow with hundreds of hostile exchanges: characters of a text, rows. */
const SIZES = [
  { text: 200, rows: 600 },
  { text: 80, rows: 300 },
  { text: 40, rows: 150 },
  { text: 30, rows: 80 },
  { text: 20, rows: 20 },
  { text: 10, rows: 8 },
] as const;

/**
 * The sequence diagram of a flow in the language of Mermaid. No text of a server can end a line, begin a statement or
 * become markup. A long flow is shortened until Mermaid reads it.
 *
 * @param maxLength characters that there is room for
 */
export function renderMermaid(document: FlowDocument, maxLength = MAX_LENGTH): string {
  const diagram = diagramOf(document);
  const title = `${document.watched === null ? 'Authorization flow' : 'Watched authorization flow'} of ${document.target}`;
  let text = '';
  for (const { text: textLength, rows } of SIZES) {
    text = drawing(title, diagram, textLength, rows);
    if (text.length <= maxLength) break;
  }
  return text;
}

function drawing(title: string, { lanes, rows }: Diagram, textLength: number, maxRows: number): string {
  const all = `${IDS[lanes[0]!]},${IDS[lanes.at(-1)!]}`;
  const left = rows.length - maxRows;
  const line = (row: Row) => rowLine(row, all, textLength);
  const shown =
    left <= 0
      ? rows.map(line)
      : [
          ...rows.slice(0, Math.ceil(maxRows / 2)).map(line),
          `Note over ${all}: … ${left} more …`,
          ...rows.slice(-Math.floor(maxRows / 2)).map(line),
        ];
  return [
    'sequenceDiagram',
    `  accTitle: ${mermaidText(title, textLength)}`,
    ...lanes.map((party) => `  participant ${IDS[party]} as ${PARTY_TEXTS[party].longName}`),
    ...shown.map((text) => `  ${text}`),
    '',
  ].join('\n');
}

/** What each lane is called in the source; `as` would be a keyword. */
const IDS: Readonly<Record<Party, string>> = {
  browser: 'browser',
  client: 'client',
  rs: 'mcp_server',
  as: 'auth_server',
};

const MARKS: Readonly<Record<Tone, string>> = { ok: '', expected: '', refused: '⚠ ', error: '✗ ' };

function rowLine(row: Row, all: string, textLength: number): string {
  switch (row.kind) {
    case 'step':
      return `Note over ${all}: ${row.number} ${row.title}`;
    case 'note':
      return `Note over ${IDS[row.over]}: ${MARKS[row.tone]}${label([row.label], textLength)}`;
    case 'message':
      return `${IDS[row.from]}${arrow(row)}${IDS[row.to]}: ${MARKS[row.tone]}${label([row.label, row.details.join(', ')], textLength)}`;
  }
}

function arrow({ part }: MessageRow): string {
  return { request: '->>', response: '-->>', lost: '--x' }[part];
}

/** Texts below each other; one that is too long goes on in the next line. */
function label(texts: readonly string[], textLength: number): string {
  return texts
    .flatMap((text) => pieces(printable(text, textLength)))
    .map((piece) => mermaidText(piece, textLength))
    .join('<br/>');
}

function pieces(text: string): readonly string[] {
  const found = [''];
  for (const word of text.split(/ +/).flatMap((long) => long.match(/.{1,56}/gu) ?? [])) {
    const last = found.at(-1)!;
    if (last === '') found[found.length - 1] = word;
    else if (last.length + 1 + word.length <= LABEL_WIDTH) found[found.length - 1] = `${last} ${word}`;
    else found.push(word);
  }
  return found.filter((piece) => piece !== '');
}

/** Characters that mean nothing to Mermaid in a text; all others are written as numbers, which it shows as what they are. */
const MEANINGFUL = /[^\p{L}\p{M}\p{N} .,:/_=?()'+*@!~…→-]|ﬂ/gu;

/** Mermaid cuts what follows the first two, which it takes for a style, and reads the last one as a way to break lines. */
const KEYWORD = /style|classDef|wrap/gi;

function mermaidText(text: string, maxLength: number): string {
  return printable(text, maxLength)
    .replace(MEANINGFUL, numbered)
    .replace(KEYWORD, (word) => numbered(word.charAt(0)) + word.slice(1));
}

function numbered(character: string): string {
  return `#${character.codePointAt(0)};`;
}
