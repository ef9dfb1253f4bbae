import { Flags } from '@oclif/core';

/**
 * The flags that say in which form a flow is rendered, and where to.
 *
 * @param formats the names of the formats that there are
 */
export function formatFlags<const Format extends string>(formats: readonly Format[]) {
  return {
    format: Flags.option({
      options: formats,
      description: 'the form of the report; by default text, or what the name of the --output file tells',
      helpGroup: 'OUTPUT',
    })(),
    output: Flags.string({
      description:
        'write the report to this file, and replace it if it is there; the terminal shows the text report',
      helpGroup: 'OUTPUT',
    }),
  };
}
