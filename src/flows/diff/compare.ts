import type { FlowStepId } from '../trace/trace.js';
import type { Difference, DiffSection } from './difference.js';

/** Something of a flow that has a name under which the other flow may have it too. */
export interface Named {
  readonly step: FlowStepId | null;
  readonly what: string;
  readonly value: string;
}

/**
 * Compares what two flows have under the same name, the first with the first, the second with the second and so on.
 *
 * @returns a difference for each that is not the same, or only in one of the two
 */
export function compare(
  section: DiffSection,
  a: readonly Named[],
  b: readonly Named[],
): readonly Difference[] {
  const [ofA, ofB] = [numbered(a), numbered(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])].flatMap((key) => {
    const [one, other] = [ofA.get(key), ofB.get(key)];
    if (one?.value === other?.value) return [];
    const { step, what } = (one ?? other)!;
    return [{ section, step, what, a: one?.value ?? null, b: other?.value ?? null }];
  });
}

function numbered(all: readonly Named[]): ReadonlyMap<string, Named> {
  const counts = new Map<string, number>();
  return new Map(
    all.map((one) => {
      const name = JSON.stringify([one.step, one.what]);
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      return [`${name} ${count}`, one];
    }),
  );
}
