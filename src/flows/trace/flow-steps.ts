import * as z from 'zod';

/** The steps of a flow, in order. A document has each of them at least once: done, skipped or failed. */
export const FLOW_STEPS = [
  'challenge',
  'resource-metadata',
  'authorization-server-metadata',
  'registration',
  'authorization',
  'callback',
  'token',
  'mcp-call',
] as const;

/** The steps that may follow, in the order in which they do. A document has those that there was reason for. */
export const LATER_STEPS = ['step-up', 'refresh', 'cross-origin', 'revocation', 'clean-up'] as const;

/** The id of a step. */
export const flowStepId = z.enum([...FLOW_STEPS, ...LATER_STEPS]);
/** The id of a step. */
export type FlowStepId = z.infer<typeof flowStepId>;
