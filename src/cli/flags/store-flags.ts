import { Flags } from '@oclif/core';

/** The variable of the environment that stands in for `--store`, since the URL of a Redis may hold a password. */
const STORE_VARIABLE = 'MCP_OAUTH_DEMO_STORE';

/** Where the authorization server keeps what it knows. */
export const storeFlags = {
  store: Flags.string({
    env: STORE_VARIABLE,
    default: 'memory',
    helpValue: '<store>',
    description: `where clients, grants and tokens are kept: memory, sqlite:<file>, or redis://<host>:<port> (or ${STORE_VARIABLE})`,
    helpGroup: 'STORE',
  }),
  'max-records': Flags.integer({
    min: 1000,
    max: 100_000_000,
    helpValue: '<number>',
    description:
      'how many records the store memory holds at most, 2,000,000 unless given: then the least valuable and oldest go',
    helpGroup: 'STORE',
  }),
};

/** What the flags of the store come to. */
export interface StoreFlags {
  readonly store: string;
  readonly 'max-records'?: number | undefined;
}

/** What the flags say of the store, for `openStore`. */
export function storeOptions(flags: StoreFlags) {
  return { store: flags.store, maxRecords: flags['max-records'] };
}
