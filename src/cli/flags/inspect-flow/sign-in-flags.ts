import { Flags } from '@oclif/core';

/** Who signs in, and how. */
export const SIGN_IN_FLAGS = {
  headless: Flags.boolean({
    description: 'sign in by itself, also where the authorization server is not on loopback',
    helpGroup: 'SIGN-IN',
  }),
  username: Flags.string({
    description: 'sign in by itself as this user (default at loopback: demo_user)',
    helpGroup: 'SIGN-IN',
  }),
  password: Flags.string({
    description: 'the password to sign in with (default at loopback: any; better in MCP_OAUTH_DEMO_PASSWORD)',
    helpGroup: 'SIGN-IN',
  }),
  'no-browser': Flags.boolean({
    description: 'print the URL to sign in at, and wait for the callback on loopback',
    helpGroup: 'SIGN-IN',
  }),
};
