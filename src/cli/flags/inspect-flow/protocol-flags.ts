import { Flags } from '@oclif/core';
import { MCP_REVISIONS } from '../../../shared/oauth/revisions.js';

/** Which MCP is spoken. */
export const PROTOCOL_FLAGS = {
  revision: Flags.option({
    description: 'keep to this revision of MCP; by default to the newest that the server speaks',
    options: MCP_REVISIONS,
    helpGroup: 'PROTOCOL',
  })(),
};
