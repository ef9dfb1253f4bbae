import { Flags } from '@oclif/core';

/** What the run does beside the flow itself, and within which bounds. */
export const RUN_FLAGS = {
  insecure: Flags.boolean({
    description: 'take any TLS certificate, as a self-signed one; the report says so',
    helpGroup: 'RUN',
  }),
  call: Flags.string({
    description: 'call this tool; by default get_time, or one that only reads and needs no arguments',
    helpGroup: 'RUN',
  }),
  args: Flags.string({
    description: 'the arguments for --call, as a JSON object',
    helpGroup: 'RUN',
    helpValue: '<json>',
  }),
  refresh: Flags.boolean({
    description:
      'use the refresh token after the call, then present the old one again: shows rotation and what reuse leads to, and ends the session',
    helpGroup: 'RUN',
  }),
  revoke: Flags.boolean({
    description: 'give the tokens back at the end (RFC 7009), and see that they are refused',
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
