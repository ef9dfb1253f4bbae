import type { WatchedFlow } from './watched-flow.js';

/** A flow as far as it is put together, before anything is concluded of it. */
export type FlowSoFar = Omit<WatchedFlow, 'client' | 'route' | 'findings'>;

/** What came before a flow, as far as it is kept. The caller bounds it: a few dozen flows of each are enough. */
export interface FlowHistory {
  /** earlier flows with the same client_id, the oldest first */
  readonly ofClient: readonly FlowSoFar[];
  /** earlier flows of the same program by `programOf`, the oldest first; those of the same client_id are among them */
  readonly ofProgram: readonly FlowSoFar[];
}

/** Of a flow before which nothing was seen. */
export const NO_HISTORY: FlowHistory = { ofClient: [], ofProgram: [] };
