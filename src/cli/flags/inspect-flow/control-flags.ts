import { Flags } from '@oclif/core';

/** How far the run goes, and what makes it count as one that did not pass. */
export const CONTROL_FLAGS = {
  until: Flags.string({
    description: 'end after this step, as in --until registration; what has to be cleaned up still is',
    helpGroup: 'CONTROL',
    helpValue: '<step>',
  }),
  step: Flags.boolean({
    description: 'ask before each request: send it, edit it, skip it, or stop',
    helpGroup: 'CONTROL',
  }),
  expect: Flags.string({
    description:
      'exit with 3 unless this is so: route=<route>, no-register, register, outcome=<outcome>, step:<id>=<outcome>,' +
      ' check:<id>, check:<id>=<status>; may be given more than once',
    multiple: true,
    // One value for each time, so that the URL of the server can follow.
    multipleNonGreedy: true,
    helpGroup: 'CONTROL',
    helpValue: '<expectation>',
  }),
  'fail-on': Flags.option({
    description: 'exit with 3 if a check of this level (or a higher one) was broken',
    options: ['must', 'should', 'never'] as const,
    default: 'must' as const,
    helpGroup: 'CONTROL',
  })(),
};
