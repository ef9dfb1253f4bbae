import { Flags } from '@oclif/core';

/** What is shown of the flow, and as what. */
export const OUTPUT_FLAGS = {
  json: Flags.boolean({
    description: 'the same as --format json',
    exclusive: ['format'],
    helpGroup: 'OUTPUT',
  }),
  quiet: Flags.boolean({
    description: 'only the diagram and the verdict',
    exclusive: ['verbose'],
    helpGroup: 'OUTPUT',
  }),
  verbose: Flags.boolean({ description: 'all headers, whole bodies, every check', helpGroup: 'OUTPUT' }),
};
