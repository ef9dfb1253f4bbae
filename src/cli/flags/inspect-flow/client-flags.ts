import { Flags } from '@oclif/core';

/** Who the client is, and what it asks for. */
export const CLIENT_FLAGS = {
  'client-id': Flags.string({
    description: 'use this client_id, or the URL of a metadata document, instead of registering',
    helpGroup: 'CLIENT',
  }),
  'client-secret': Flags.string({
    description: 'the secret that belongs to --client-id',
    helpGroup: 'CLIENT',
  }),
  scope: Flags.string({
    description: 'ask for these scopes, instead of what the server names (space separated)',
    helpGroup: 'CLIENT',
  }),
};
