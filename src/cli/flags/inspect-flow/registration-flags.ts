import { Flags } from '@oclif/core';

/** How the client comes by its client_id, and what it keeps of it. */
export const REGISTRATION_FLAGS = {
  'client-metadata-url': Flags.string({
    description:
      "the https URL of this client's own metadata document; used as client_id where the server takes such documents",
    helpGroup: 'REGISTRATION',
  }),
  'serve-client-metadata': Flags.boolean({
    description: 'serve such a document on loopback during the run, for a server that takes it there',
    helpGroup: 'REGISTRATION',
  }),
  register: Flags.boolean({
    description: 'register (RFC 7591), even where a way that goes before it is open',
    helpGroup: 'REGISTRATION',
  }),
  remember: Flags.boolean({
    description: 'keep the registration for the next run, and use the one that an earlier run has kept',
    helpGroup: 'REGISTRATION',
  }),
  forget: Flags.boolean({
    description: 'drop what is kept for the authorization server first, then run afresh',
    helpGroup: 'REGISTRATION',
  }),
};
