import { it } from 'vitest';
import type { RequirementId } from './requirements.js';

/**
 * A test that shows that requirements are met.
 *
 * @param ids of the requirements, as literals: what is cited where is read from the source
 */
export function verifies(
  ids: readonly [RequirementId, ...RequirementId[]],
  title: string,
  test: () => void | Promise<void>,
): void {
  it(`${title} [${ids.join(', ')}]`, test);
}
