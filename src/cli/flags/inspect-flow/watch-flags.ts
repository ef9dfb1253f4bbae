import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../../shared/configuration-error.js';

/** What is watched, and how. */
export const WATCH_FLAGS = {
  'client-id': Flags.string({
    description: 'watch this client only, and say first what the authorization server knows of it',
    helpGroup: 'WATCH',
    helpValue: '<id>',
    parse: async (id) => {
      if (id.trim() !== '') return id;
      throw new ConfigurationError('client-id', 'is empty; give the client_id that is to be watched');
    },
  }),
  history: Flags.boolean({
    description: 'tell also what was there before the watch began',
    helpGroup: 'WATCH',
  }),
  save: Flags.string({
    description:
      'write each flow that has ended into this folder, as <flow>-<client>.json, for show and diff',
    helpGroup: 'WATCH',
    helpValue: '<folder>',
  }),
  'flows-token': Flags.string({
    env: 'MCP_OAUTH_DEMO_FLOWS_TOKEN',
    description:
      'the --flows-token of the servers, where they have one; better in MCP_OAUTH_DEMO_FLOWS_TOKEN',
    helpGroup: 'WATCH',
    helpValue: '<secret>',
  }),
  insecure: Flags.boolean({
    description: 'take any TLS certificate, as a self-signed one',
    helpGroup: 'WATCH',
  }),
};

/** When the watching ends, and what that counts as. */
export const WATCH_END_FLAGS = {
  once: Flags.boolean({
    description: 'end after one flow, that began after the watch did',
    helpGroup: 'CONTROL',
  }),
  wait: Flags.integer({
    description: 'end after so many seconds at the latest; with --once it is 1 or 4 then',
    min: 1,
    max: 604_800,
    helpGroup: 'CONTROL',
    helpValue: '<seconds>',
  }),
  expect: Flags.string({
    description:
      'with --once, exit with 3 unless this is so, as in inspect-flow: route=<route>, no-register, register,' +
      ' outcome=<outcome>, step:<id>=<outcome>; may be given more than once',
    multiple: true,
    multipleNonGreedy: true,
    dependsOn: ['once'],
    helpGroup: 'CONTROL',
    helpValue: '<expectation>',
  }),
  'fail-on': Flags.option({
    description: 'with --once, exit with 3 if a check of this level (or a higher one) was broken',
    options: ['must', 'should', 'never'] as const,
    default: 'must' as const,
    helpGroup: 'CONTROL',
  })(),
};

/**
 * In which form the watch is told.
 *
 * @param formats the names of the formats that a flow can be rendered in
 */
export function watchOutputFlags<const Format extends string>(formats: readonly Format[]) {
  return {
    json: Flags.boolean({ description: 'one JSON object a line', helpGroup: 'OUTPUT' }),
    format: Flags.option({
      options: formats,
      description: 'with --once, the form of the report; on stdout it takes the place of the lines',
      dependsOn: ['once'],
      helpGroup: 'OUTPUT',
    })(),
    output: Flags.string({
      description: 'with --once, write the report to this file, and replace it if it is there',
      dependsOn: ['once'],
      helpGroup: 'OUTPUT',
    }),
    quiet: Flags.boolean({
      description: 'only how each flow ended',
      exclusive: ['verbose'],
      helpGroup: 'OUTPUT',
    }),
    verbose: Flags.boolean({
      description: 'what the servers ask each other too, each URL, and why an exchange belongs to its flow',
      helpGroup: 'OUTPUT',
    }),
  };
}
