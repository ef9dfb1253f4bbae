import type { AuthorizationServerFacts } from '../steps/authorization-server-metadata.js';
import type { ClientAuthentication } from '../steps/client-authentication.js';

/** The client as the authorization server is to know it. */
export interface ClientFacts {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** `given` by its user, the URL of its own `document`, `registered` in this run, or `remembered` from an earlier one */
  readonly origin: 'given' | 'document' | 'registered' | 'remembered';
}

/** What a client_id is for. */
export interface RegistrationInput {
  readonly server: AuthorizationServerFacts;
  /** undefined for a client that acts for itself */
  readonly redirectUri: string | undefined;
  readonly scope: string | undefined;
}

/** Where a client looks after its registration, and the token for that. */
export interface RegistrationManagement {
  readonly clientUri: string;
  readonly accessToken: string;
}

/** What an authorization server gave to a client that registered. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly clientSecretExpiresAt: number | undefined;
  /** the method in force, which may be another than was asked for */
  readonly authenticationMethod: string;
  /** undefined where the authorization server offers none */
  readonly management: RegistrationManagement | undefined;
}
