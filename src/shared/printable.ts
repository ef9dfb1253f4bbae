/** Control characters (escape sequences and line ends among them), line separators, and marks that turn text around. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * A text that came from outside, made fit for one line of a terminal: what could steer the terminal becomes visible,
 * and it ends somewhere.
 *
 * @param maxLength in characters; what is longer is cut and ends with …
 */
export function printable(text: string, maxLength = 2000): string {
  const visible = escapeUnprintable(text);
  return visible.length > maxLength ? `${visible.slice(0, maxLength)}…` : visible;
}

/** Whether a text is fit for one line, on a terminal or a page, as it is. */
export function isPrintable(text: string): boolean {
  return text.search(UNPRINTABLE) === -1;
}

/**
 * A JSON text in which nothing can steer a terminal. It holds the same value: JSON itself escapes only some of these
 * characters.
 */
export function printableJson(value: unknown): string {
  return escapeUnprintable(JSON.stringify(value));
}

function escapeUnprintable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
