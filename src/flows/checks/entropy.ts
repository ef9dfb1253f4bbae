/** From the fewest characters to the most: how many different ones a text of that kind can have. */
const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]*$/, 10],
  [/^[0-9a-f-]*$|^[0-9A-F-]*$/, 16],
  [/^[0-9a-z]*$|^[0-9A-Z]*$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
  [/^[0-9A-Za-z_-]*=*$|^[0-9A-Za-z+/]*=*$/, 64],
];

/** What a code or token has to have at least: the chance to guess it is at most 2⁻¹²⁸. */
export const ENOUGH_BITS = 128;

/**
 * How many bits a random text of this length and these characters can hold at most. Fewer than {@link ENOUGH_BITS} prove
 * that it can be guessed; more prove nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-10.10 RFC 6749 §10.10}
 */
export function possibleBits(text: string): number {
  const size = ALPHABETS.find(([pattern]) => pattern.test(text))?.[1] ?? 94;
  const characters = size === 16 ? text.replaceAll('-', '') : text.replace(/=+$/, '');
  return Math.floor(characters.length * Math.log2(size));
}

/** The length as evidence: the text itself is a secret. */
export function bitsEvidence(name: string, text: string): string {
  return `${name} of ${text.length} characters, at most ${possibleBits(text)} bits`;
}
