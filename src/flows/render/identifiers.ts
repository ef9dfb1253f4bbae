import { type ComparedIdentifier, compareIdentifiers } from '../findings/identifiers.js';
import type { IdentifierKind, SeenIdentifier } from '../trace/trace.js';
import { columnsOf, steady } from './columns.js';
import { wrappedSpans } from './layout.js';
import type { Style } from './style.js';

/** So many places are named of one spelling, unless all are asked for. */
const MAX_PLACES = 3;

const KIND_IN_WORDS: Readonly<Record<IdentifierKind, string>> = {
  issuer: 'issuer',
  resource: 'resource',
  audience: 'audience',
  redirect_uri: 'redirect URI',
};

/**
 * The strings that have to be the same wherever they are named, each spelling once; where one differs, a mark stands
 * under the first character that does.
 *
 * @param style if quiet, only those that differ are told
 * @returns no lines if there is none to tell
 */
export function identifierLines(
  identifiers: readonly SeenIdentifier[],
  style: Style & { readonly quiet: boolean },
): readonly string[] {
  const compared = compareIdentifiers(identifiers).filter(
    ({ difference }) => difference !== null || !style.quiet,
  );
  if (compared.length === 0) return [];
  return [
    style.chalk.bold.inverse(' Identifiers '),
    ...compared.flatMap((identifier) => spellingLines(identifier, style)),
  ];
}

function spellingLines(identifier: ComparedIdentifier, { chalk, width, verbose }: Style): readonly string[] {
  const { kind, value, where, difference } = identifier;
  const paint = difference === null ? chalk.green : chalk.red;
  const place = { width, first: '     ', rest: '     ' };
  const named = verbose ? where : where.slice(0, MAX_PLACES);
  const left = where.length - named.length;
  return [
    `   ${difference === null ? '✓' : '✗'} ${KIND_IN_WORDS[kind]}`,
    ...comparedLines(value, difference, { width, paint }),
    ...(difference === null ? [] : wrappedSpans([{ text: difference.inWords, paint }], place)),
    ...named.flatMap((text) =>
      wrappedSpans([{ text, paint: chalk.dim }], { ...place, first: '     - ', rest: '       ' }),
    ),
    ...(left > 0 ? wrappedSpans([{ text: `… ${left} more (--verbose)`, paint: chalk.dim }], place) : []),
  ];
}

interface Look {
  readonly width: number;
  readonly paint: (text: string) => string;
}

/** The spelling, and where it differs the one it should be beside it, cut into pieces that fit into the window. */
function comparedLines(
  value: string,
  difference: ComparedIdentifier['difference'],
  { width, paint }: Look,
): readonly string[] {
  if (difference === null) return pieces(value, width - 5).map((piece) => `     ${paint(piece.text)}`);
  const room = width - 10;
  const is = pieces(value, room);
  const should = pieces(difference.to, room);
  const { at } = difference;
  return Array.from({ length: Math.max(is.length, should.length) }).flatMap((_, index) => {
    const piece = is[index];
    const wanted = should[index];
    const isMarked = piece !== undefined && at >= piece.from && (at < piece.until || index === is.length - 1);
    const column = piece ? columnsOf(steady(value.slice(piece.from, Math.min(at, piece.until)))) : 0;
    return [
      ...(piece ? [`     is   ${paint(piece.text)}`] : []),
      ...(isMarked ? [`          ${' '.repeat(Math.min(column, room - 1))}${paint('^')}`] : []),
      ...(wanted ? [`     for  ${wanted.text}`] : []),
    ];
  });
}

interface Piece {
  readonly text: string;
  /** indexes in the whole string */
  readonly from: number;
  readonly until: number;
}

/** A string in stretches that fit into so many columns; it is the characters that count, so none is left out. */
function pieces(value: string, columns: number): readonly Piece[] {
  const found: Piece[] = [];
  let text = '';
  let from = 0;
  let index = 0;
  for (const character of value) {
    const shown = steady(character);
    if (text !== '' && columnsOf(text + shown) > columns) {
      found.push({ text, from, until: index });
      text = '';
      from = index;
    }
    text += shown;
    index += character.length;
  }
  return [...found, { text, from, until: value.length }];
}
