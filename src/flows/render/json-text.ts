/** What JSON leaves as it is, and a terminal or a reader may take for a sign: controls, line ends, and what turns text around. */
const UNSAFE = /[\u007F-\u009F\p{Bidi_Control}\u2028\u2029]/gu;

/** A JSON document with a line end, indented; nothing in it can steer a terminal. It holds the same value. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(UNSAFE, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
