import type { ClientAuthentication } from '../steps/client-authentication.js';
import type { AuthorizationServerFacts } from '../steps/authorization-server-metadata.js';

/** The client as the authorization server is to know it. */
export interface ClientFacts {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** `given` by its user, the URL of its own `document`, or `registered` in this run */
  readonly origin: 'given' | 'document' | 'registered';
}

/** What a client_id is for. */
export interface RegistrationInput {
  readonly server: AuthorizationServerFacts;
  /** undefined for a client that acts for itself */
  readonly redirectUri: string | undefined;
  readonly scope: string | undefined;
}
