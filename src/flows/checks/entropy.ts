/** The kinds of characters that codes and tokens are written in, from the fewest to the most. */
const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/^[0-9]*$/, 10],
  [/^[0-9a-f-]*$|^[0-9A-F-]*$/, 16],
  [/^[0-9a-z]*$|^[0-9A-Z]*$/, 36],
  [/^[0-9A-Za-z]*$/, 62],
  [/^[0-9A-Za-z_-]*=*$|^[0-9A-Za-z+/]*=*$/, 64],
  [/^/, 95],
];

/** What a code or token has to have at least: the chance to guess it is at most 2⁻¹²⁸. */
export const ENOUGH_BITS = 128;
/** What happens less often than this is not taken for chance: one sample is all there is to judge by. */
const CHANCE = 1e-6;

/**
 * How many bits a random text of this length can hold at most. It may have been drawn from more kinds of characters than
 * happen to be in it, unless that would be too much of a chance. Fewer than {@link ENOUGH_BITS} prove that it can be
 * guessed; more prove nothing.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-10.10 RFC 6749 §10.10}
 */
export function possibleBits(text: string): number {
  const kinds = ALPHABETS.filter(([pattern]) => pattern.test(text)).map(([, size]) => size);
  const [seen = 95] = kinds;
  const characters = seen === 16 ? text.replaceAll('-', '') : text.replace(/=+$/, '');
  const { length } = characters;
  const likely = kinds.filter((size) => (seen / size) ** length >= CHANCE);
  return Math.floor(length * Math.log2(likely.at(-1) ?? seen));
}

/** The length as evidence: the text itself is a secret. */
export function bitsEvidence(name: string, text: string): string {
  return `${name} of ${text.length} characters, at most ${possibleBits(text)} bits`;
}
