import type { RegistrationMechanism } from '../shared/oauth/registration-mechanisms.js';
import type { AuthorizationServerConfig } from './config/index.js';

/** The scope that asks for a refresh token; accepted beside the configured ones. */
export const OFFLINE_ACCESS = 'offline_access';

/**
 * What this authorization server can do. The metadata advertises it and the endpoints enforce it, both from this
 * object, so that neither can promise what the other does not hold.
 */
export interface Capabilities {
  /** how clients can become known; `cimd` only where this server can fetch documents */
  readonly registration: ReadonlySet<RegistrationMechanism>;
  /** whether what a client names by URL can be read: its metadata document, its `jwks_uri` */
  readonly documents: boolean;
  /** what may be asked for, `offline_access` included */
  readonly scopes: readonly string[];
  /** what is granted to a request without `scope` */
  readonly defaultScopes: readonly string[];
  readonly responseTypes: readonly string[];
  readonly responseModes: readonly string[];
  readonly grantTypes: readonly string[];
  /** those of them that a client can register itself for: without a user, only configured clients act in earnest */
  readonly registrableGrantTypes: readonly string[];
  readonly clientAuthenticationMethods: readonly string[];
  /** by which clients may sign assertions (private_key_jwt) */
  readonly clientAssertionAlgorithms: readonly string[];
  readonly introspectionAuthenticationMethods: readonly string[];
  readonly codeChallengeMethods: readonly string[];
  readonly promptValues: readonly string[];
  readonly clientEvidence: boolean;
  /** whether keys for verifying access tokens are published */
  readonly jwks: boolean;
  /** the audience of a token that is for no resource in particular; a JWT has to have one (RFC 9068 §3) */
  readonly defaultAudience: readonly string[];
}

/**
 * Derives the capabilities from the configuration.
 *
 * @param documents whether there is a way to fetch documents
 */
export function capabilitiesOf(config: AuthorizationServerConfig, documents: boolean): Capabilities {
  return {
    registration: new Set(config.registration.filter((mechanism) => documents || mechanism !== 'cimd')),
    documents,
    scopes: [...new Set([...config.scopes, OFFLINE_ACCESS])],
    defaultScopes: config.defaultScopes ?? config.scopes,
    responseTypes: ['code'],
    responseModes: ['query'],
    grantTypes: config.grants,
    registrableGrantTypes: config.grants.filter((grant) => grant !== 'client_credentials' || config.demoMode),
    clientAuthenticationMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientAssertionAlgorithms: ['ES256', 'RS256', 'PS256', 'EdDSA'],
    introspectionAuthenticationMethods: [
      'client_secret_basic',
      'client_secret_post',
      ...(config.openIntrospection ? ['none'] : []),
    ],
    codeChallengeMethods: ['S256'],
    promptValues: ['none', 'login', 'consent', 'select_account'],
    clientEvidence: config.demoMode,
    jwks: config.tokenFormat === 'jwt',
    defaultAudience: config.tokenFormat === 'jwt' ? [config.issuer] : [],
  };
}
