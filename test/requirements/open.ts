import type { RequirementId } from '../requirements.js';

/** What no test shows yet. */
export const OPEN: readonly RequirementId[] = [];
