import { printable } from '../../../shared/printable.js';

/**
 * Texts from outside, made fit for Markdown as GitHub reads it. There a text can become a link, an image, a mention of
 * somebody or of an issue without any markup, so a word is only left bare if it is plainly a word; everything else
 * goes into code, where nothing is read.
 */

/** A word that no reader of Markdown takes for anything else; marks around it may end a phrase. */
const PLAIN_WORD = /^["'(]?§?[\p{L}\p{M}\p{N}]+(?:[-'’./][\p{L}\p{M}\p{N}]+)*[)"']?[,.;:?!…]?[)"']?$/u;

/** Words that GitHub takes for something else all the same: hosts, commits and issues. */
const NOT_PLAIN = /^["'(]?(?:www\.|[0-9a-f]{7,}\b|[\p{L}\p{N}]+-\p{N}+\b)/iu;

/** What begins a list, if it is the first of a line. */
const LIST_NUMBER = /^\p{N}+[.)]$/u;

/**
 * A sentence, in which all that is not plainly a word is code.
 *
 * @param maxLength in characters
 */
export function prose(text: string, maxLength: number): string {
  const parts: { readonly plain: boolean; text: string }[] = [];
  for (const word of printable(text, maxLength).split(/ +/)) {
    const last = parts.at(-1);
    const plain =
      PLAIN_WORD.test(word) && !NOT_PLAIN.test(word) && !(last === undefined && LIST_NUMBER.test(word));
    if (last !== undefined && last.plain === plain) last.text += ` ${word}`;
    else parts.push({ plain, text: word });
  }
  return parts.map((part) => (part.plain ? part.text : codeWithin(part.text))).join(' ');
}

/** Brackets around, and marks that end a phrase, stay outside of the code. */
function codeWithin(text: string): string {
  const [, open = '', inner = '', close = ''] =
    /^(\((?=[^()]*\)[,.;:]?$))?(.*?)((?<=^\([^()]*)\)[,.;:]?|[,.;:])?$/s.exec(text) ?? [];
  return inner === '' ? code(text, text.length) : open + code(inner, inner.length) + close;
}

/**
 * A text as code within a line, also within a table.
 *
 * @param maxLength in characters
 */
export function code(text: string, maxLength: number): string {
  const shown = printable(text, maxLength);
  return /[`|\\]|^ | $|^$/.test(shown) ? htmlCode(shown) : `\`${shown}\``;
}

function htmlCode(text: string): string {
  return `<code>${text.replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/**
 * A text as code within a block of HTML, where Markdown reads nothing.
 *
 * @param maxLength in characters
 */
export function blockCode(text: string, maxLength: number): string {
  return `<code>${printable(text, maxLength).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/** A block of code that ends where it should, whatever is in it. The lines have no line ends in them. */
export function fence(language: string, lines: readonly string[]): readonly string[] {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []);
  const marks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [marks + language, ...lines, marks];
}

/** A link, where the URL is one of the web; else only its text. */
export function link(title: string, url: string): string {
  const text = prose(title, 200);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || url.length > 500) return text;
  const target = parsed.href
    .replace(/[^\w\-.~:/?#@!$&'*+,;=%]/g, (character) => encodeURIComponent(character))
    .replaceAll('&', '&amp;');
  return `[${text}](<${target}>)`;
}
