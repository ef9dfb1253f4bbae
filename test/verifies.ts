import { it } from 'vitest';
import type { RequirementId } from './requirements.js';
import type { DeviationId } from './requirements/deviations.js';

type Ids = readonly [RequirementId, ...RequirementId[]];
type Test<Arguments extends readonly unknown[]> = (...args: Arguments) => void | Promise<void>;

/**
 * A test that shows that requirements are met.
 *
 * @param ids of the requirements, as literals: what is cited where is read from the source
 */
export function verifies(ids: Ids, title: string, test: Test<[]>): void {
  it(withIds(title, ids), test);
}

/** The same for each of several cases, as `it.each`: `verifies.each(cases)(ids, title, test)`. */
verifies.each = eachCase;

/** A test that shows a deliberate deviation, while it is switched on. */
export function deviates(id: DeviationId, title: string, test: Test<[]>): void {
  it(withIds(title, [id]), test);
}

/** A test that shows that without the deviation the requirements are met that it breaks. */
deviates.off = (id: DeviationId, title: string, test: Test<[]>): void => {
  it(withIds(title, [`without ${id}`]), test);
};

function eachCase<Case extends readonly unknown[] | readonly [unknown]>(
  cases: readonly Case[],
): (ids: Ids, title: string, test: Test<[...Case]>) => void;
function eachCase<Case>(cases: readonly Case[]): (ids: Ids, title: string, test: Test<[Case]>) => void;
function eachCase(cases: readonly unknown[]) {
  return (ids: Ids, title: string, test: Test<readonly unknown[]>): void => {
    it.each(cases)(withIds(title, ids), (...args: unknown[]) => test(...args));
  };
}

function withIds(title: string, ids: readonly string[]): string {
  return `${title} [${ids.join(', ')}]`;
}
