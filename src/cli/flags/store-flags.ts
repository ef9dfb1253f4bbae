import { Flags } from '@oclif/core';

/** The variable of the environment that stands in for `--store`, since the URL of a Redis may hold a password. */
const STORE_VARIABLE = 'MCP_OAUTH_DEMO_STORE';

/** The same for `--store-key`, since arguments can be read by others on the machine. */
const STORE_KEY_VARIABLE = 'MCP_OAUTH_DEMO_STORE_KEY';

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
  'store-key': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '<secret>',
    description: `[env: ${STORE_KEY_VARIABLE}] what the signing keys of JWTs are encrypted with in the store: 32 random bytes or more, as hex or base64url; repeatable: the first encrypts, all decrypt`,
    helpGroup: 'STORE',
  }),
};

/** What the flags of the store come to. */
export interface StoreFlags {
  readonly store: string;
  readonly 'max-records'?: number | undefined;
  readonly 'store-key'?: string[] | undefined;
}

/** What the flags say of the store, for `openStore`. */
export function storeOptions(flags: StoreFlags) {
  return { store: flags.store, maxRecords: flags['max-records'] };
}

/** The secrets of `--store-key`, or those of the environment, which are separated by commas or spaces. */
export function storeKeys(flags: Pick<StoreFlags, 'store-key'>): readonly string[] {
  return (
    flags['store-key'] ?? (process.env[STORE_KEY_VARIABLE] ?? '').split(/[\s,]+/).filter((key) => key !== '')
  );
}
