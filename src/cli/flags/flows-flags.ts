import { Flags } from '@oclif/core';
import { ConfigurationError } from '../../shared/configuration-error.js';

/** The variable of the environment that stands in for `--flows-token`, so that the token is in no list of processes. */
const TOKEN_VARIABLE = 'MCP_OAUTH_DEMO_FLOWS_TOKEN';

/** What is recorded of clients, and who may look; `all` has one of each for both servers. */
export const flowsFlags = {
  flows: Flags.boolean({
    allowNo: true,
    default: true,
    description: 'record what clients do and show it at /flows, in demo mode or with --flows-token',
    helpGroup: 'FLOWS',
  }),
  'flow-history': Flags.integer({
    default: 1000,
    min: 1,
    max: 100_000,
    helpValue: '<number>',
    description: 'how many flows are kept in memory, the newest ones',
    helpGroup: 'FLOWS',
  }),
  'flows-token': Flags.string({
    env: TOKEN_VARIABLE,
    helpValue: '<secret>',
    description: `let whoever has it look at /flows, outside of demo mode too; 22 characters or more, better given as ${TOKEN_VARIABLE}`,
    helpGroup: 'FLOWS',
  }),
};

/** What the flags of the flows come to. */
export interface FlowsFlags {
  readonly flows: boolean;
  readonly 'flow-history': number;
  readonly 'flows-token'?: string | undefined;
}

/** What can stand in an Authorization header, and is long enough to be random. */
const TOKEN = /^[A-Za-z0-9._~+/-]{22,200}=*$/;

/**
 * The options of the flows.
 *
 * @throws ConfigurationError for a token that could be guessed or could not be sent; the token is not in it
 */
export function flowsOptions(flags: FlowsFlags) {
  const { flows, 'flow-history': history, 'flows-token': token } = flags;
  if (token !== undefined && !TOKEN.test(token)) {
    throw new ConfigurationError(
      'flows-token',
      'needs 22 to 200 random letters, digits or characters of "-._~+/", as "openssl rand -hex 16" gives them' +
        ` (as a flag or in ${TOKEN_VARIABLE})`,
    );
  }
  return { flows, history, token };
}
