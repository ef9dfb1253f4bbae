import { Flags } from '@oclif/core';
import { MCP_REVISIONS } from '../../../shared/oauth/revisions.js';

/** Which MCP is spoken. */
export const PROTOCOL_FLAGS = {
  revision: Flags.option({
    description: 'keep to this revision of MCP; by default to the newest that the server speaks',
    options: MCP_REVISIONS,
    helpGroup: 'PROTOCOL',
  })(),
  resource: Flags.string({
    description: 'send this resource, instead of the one that the server names',
    helpGroup: 'PROTOCOL',
    helpValue: '<uri>',
  }),
  header: Flags.string({
    description:
      "add a header to requests to the MCP server, as in --header 'X-Api-Key: abc'; may be given more than once",
    multiple: true,
    // One value for each time, so that the URL of the server can follow.
    multipleNonGreedy: true,
    helpGroup: 'PROTOCOL',
    helpValue: "'<name>: <value>'",
  }),
};
