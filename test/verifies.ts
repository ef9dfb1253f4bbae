import { it } from 'vitest';
import type { RequirementId } from './requirements.js';

type Ids = readonly [RequirementId, ...RequirementId[]];
type Test<Arguments extends readonly unknown[]> = (...args: Arguments) => void | Promise<void>;

/**
 * A test that shows that requirements are met.
 *
 * @param ids of the requirements, as literals: what is cited where is read from the source
 */
export function verifies(ids: Ids, title: string, test: Test<[]>): void {
  it(titleOf(title, ids), test);
}

/** The same for each of several cases, as `it.each`: `verifies.each(cases)(ids, title, test)`. */
verifies.each = eachCase;

function eachCase<Case extends readonly unknown[] | readonly [unknown]>(
  cases: readonly Case[],
): (ids: Ids, title: string, test: Test<[...Case]>) => void;
function eachCase<Case>(cases: readonly Case[]): (ids: Ids, title: string, test: Test<[Case]>) => void;
function eachCase(cases: readonly unknown[]) {
  return (ids: Ids, title: string, test: Test<readonly unknown[]>): void => {
    it.each(cases)(titleOf(title, ids), (...args: unknown[]) => test(...args));
  };
}

function titleOf(title: string, ids: Ids): string {
  return `${title} [${ids.join(', ')}]`;
}
