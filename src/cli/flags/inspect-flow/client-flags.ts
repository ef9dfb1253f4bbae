import { Flags } from '@oclif/core';

/** Who the client is, and what it asks for. */
export const CLIENT_FLAGS = {
  'client-id': Flags.string({
    description: 'use this client_id, or the URL of a metadata document, instead of registering',
    helpGroup: 'CLIENT',
  }),
  'client-secret': Flags.string({
    description: 'the secret that belongs to --client-id (better in MCP_OAUTH_DEMO_CLIENT_SECRET)',
    helpGroup: 'CLIENT',
  }),
  'client-key': Flags.string({
    description:
      'file with the private key of the client (PEM or JWK), which signs instead of a secret (private_key_jwt)',
    helpValue: '<file>',
    helpGroup: 'CLIENT',
  }),
  grant: Flags.option({
    description:
      'how to come by the token; client_credentials asks no user, and needs a client that authenticates',
    options: ['authorization_code', 'client_credentials'] as const,
    default: 'authorization_code' as const,
    helpGroup: 'CLIENT',
  })(),
  scope: Flags.string({
    description: 'ask for these scopes, instead of what the server names (space separated)',
    helpGroup: 'CLIENT',
  }),
};
