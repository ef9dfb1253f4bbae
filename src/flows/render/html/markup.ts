import { printable } from '../../../shared/printable.js';

/** HTML that is safe to put into a page. Only {@link html} makes it, so that every other text is escaped on its way in. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: texts are escaped, and nothing comes of `undefined`. */
export type Part = string | number | Markup | undefined | readonly Part[];

/** A template of HTML; every text in it is escaped, in elements and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((string, index) => string + escaped(parts[index])).join('') };
}

function escaped(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') {
    return part.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
  }
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(escaped).join('');
}

/** So much of a text is shown within a line. */
const MAX_TEXT = 2000;

/**
 * A text from outside: what cannot be seen, or turns the text around, becomes visible.
 *
 * @param maxLength in characters
 */
export function shown(text: string, maxLength = MAX_TEXT): string {
  return printable(text, maxLength);
}

/** A text from outside that is a value, as a URL or an id. */
export function code(text: string, maxLength = MAX_TEXT): Markup {
  return html`<code>${shown(text, maxLength)}</code>`;
}

/** A link to a page of the web; only its text, where the URL is none. */
export function link(title: string, url: string): Markup {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return html`${shown(title)}`;
  return html`<a href="${parsed.href}" rel="noreferrer noopener">${shown(title)}</a>`;
}
