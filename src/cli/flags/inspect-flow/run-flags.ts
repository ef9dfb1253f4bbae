import { Flags } from '@oclif/core';

/** What the run does beside the flow itself, and within which bounds. */
export const RUN_FLAGS = {
  call: Flags.string({
    description: 'call this tool; by default get_time, or one that only reads and needs no arguments',
    helpGroup: 'RUN',
  }),
  'no-cross-origin': Flags.boolean({
    description: 'leave out the look at both servers as a client in a browser would have it (CORS)',
    helpGroup: 'RUN',
  }),
  timeout: Flags.integer({
    description: 'seconds for one exchange',
    default: 15,
    min: 1,
    max: 600,
    helpGroup: 'RUN',
  }),
};
