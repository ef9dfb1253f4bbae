import type { FlowStepId } from './trace.js';

/** Steps that send several requests at once, so that the order of their exchanges says nothing. */
export const CONCURRENT_STEPS: ReadonlySet<FlowStepId> = new Set(['cross-origin']);
