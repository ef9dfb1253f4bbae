import { eastAsianWidth } from 'get-east-asian-width';
import { printable } from '../../shared/printable.js';

/** Characters that are not seen, or that terminals do not agree on; variation selectors are taken out. */
const UNSTEADY = /[\p{Cf}\p{Cs}]/gu;
const VARIATION_SELECTOR = /[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;
/** More marks on one letter than any script has would run over the lines above and below. */
const PILE_OF_MARKS = /(\p{M}{3})\p{M}+/gu;
/** They sit on the letter before them: marks, and the later parts of a Hangul syllable. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\u1160-\u11FF\uD7B0-\uD7FF]$/u;

/**
 * A text that came from outside, made fit for a place of its own in a line: nothing in it can steer the terminal, turn
 * the text around or take a number of columns that cannot be told.
 *
 * @param maxLength in characters; what is longer is cut and ends with …
 */
export function steady(text: string, maxLength = 4000): string {
  return printable(text, maxLength)
    .replace(VARIATION_SELECTOR, '')
    .replace(UNSTEADY, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`)
    .replace(PILE_OF_MARKS, '$1');
}

/**
 * How many columns of a terminal a text takes.
 *
 * @param text {@link steady}
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function columnsOfOne(character: string): number {
  const codePoint = character.codePointAt(0)!;
  if (codePoint < 0x300) return 1;
  return NO_COLUMN.test(character) ? 0 : eastAsianWidth(codePoint);
}

/** The first part of a text that fits into so many columns, and what is left. */
export function splitAt(text: string, columns: number): readonly [string, string] {
  let taken = 0;
  let end = 0;
  for (const character of text) {
    taken += columnsOfOne(character);
    if (taken > columns) break;
    end += character.length;
  }
  return [text.slice(0, end), text.slice(end)];
}

/** A text with … in place of what does not fit into so many columns. */
export function fitted(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : `${splitAt(text, Math.max(0, columns - 1))[0]}…`;
}

/** A text with as many spaces as bring it to so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** Our own signs, in a character set that has few. */
const PLAIN_SIGNS: Readonly<Record<string, string>> = {
  '→': '>',
  '←': '<',
  '►': '>',
  '◄': '<',
  '│': '|',
  '├': '|',
  '┤': '|',
  '┼': '+',
  '─': '-',
  '╌': '.',
  '✓': '+',
  '✗': 'x',
  '●': 'o',
  '•': '*',
  '·': '-',
  '…': '~',
  '§': 'S',
};

/**
 * A text for a terminal that knows no more than ASCII. Each character keeps its columns, so that what is aligned stays
 * aligned.
 */
export function inAscii(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (character) => {
    return PLAIN_SIGNS[character] ?? '?'.repeat(columnsOfOne(character));
  });
}
