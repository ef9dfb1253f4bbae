/** More are in flight at once in no server; what came before those may be taken for new once more. */
const MOST_MISSING = 10_000;
const MOST_RECORDERS = 16;

/** Which exchanges came already. */
export interface Seen {
  /** @returns false if it came before */
  add(recorder: string, number: number): boolean;
}

interface Numbers {
  highest: number;
  /** below the highest, those that have not come; the lowest first */
  readonly missing: Set<number>;
}

/** Remembers what came, of the last recorders; it costs no more than what is still missing. */
export function createSeen(): Seen {
  const recorders = new Map<string, Numbers>();

  function numbersOf(recorder: string): Numbers {
    const known = recorders.get(recorder);
    if (known) return known;
    const numbers: Numbers = { highest: 0, missing: new Set() };
    recorders.set(recorder, numbers);
    if (recorders.size > MOST_RECORDERS) recorders.delete(recorders.keys().next().value!);
    return numbers;
  }

  return {
    add(recorder, number) {
      const numbers = numbersOf(recorder);
      const { missing } = numbers;
      if (number <= numbers.highest) return missing.delete(number);
      const from = Math.max(numbers.highest + 1, number - MOST_MISSING);
      for (let skipped = from; skipped < number; skipped += 1) missing.add(skipped);
      while (missing.size > MOST_MISSING) missing.delete(missing.keys().next().value!);
      numbers.highest = number;
      return true;
    },
  };
}
