/**
 * The known word that somebody who mistyped one most likely meant.
 *
 * @param word as it was typed
 * @param known all that is allowed
 * @returns undefined if none is near: more than a third of the word, or two letters, would have to change
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(Math.min(word.length, MAX_LENGTH) / 3)) + 1;
  for (const candidate of known) {
    const distance = isPartOf(word, candidate) ? 1 : editDistance(word.slice(0, MAX_LENGTH), candidate);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** No known word is longer; what is typed beyond that can't make it nearer. */
const MAX_LENGTH = 80;

/** Half a word is a sign too, if it is long enough to be no accident. */
function isPartOf(word: string, candidate: string): boolean {
  return word.length >= 4 && candidate.includes(word);
}

/** How many letters must be added, left out or changed (Levenshtein), row by row. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let column = 1; column <= other.length; column += 1) {
      const changed = row[column - 1]! + (one[at - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(changed, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
