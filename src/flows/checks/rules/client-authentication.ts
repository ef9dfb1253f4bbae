import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for how a client shows who it is, and for the grant in its own name. */
export const CLIENT_AUTHENTICATION_RULES = {
  'as.client-authentication-listed': {
    level: 'SHOULD',
    rule: 'the method that a client authenticates with is listed (token_endpoint_auth_methods_supported)',
    remedy: 'list every method that the token endpoint takes; without the list it means client_secret_basic',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.client-credentials-listed': {
    level: 'SHOULD',
    rule: 'the grant client_credentials is listed where it is served (grant_types_supported)',
    remedy:
      'add client_credentials to grant_types_supported; without the list it means authorization_code and implicit',
    spec: SPEC.authorizationServerMetadata,
  },
  'as.client-credentials-methods': {
    level: 'SHOULD',
    rule: 'where client_credentials is served, the metadata lists private_key_jwt or client_secret_basic',
    remedy: 'list private_key_jwt or client_secret_basic in token_endpoint_auth_methods_supported',
    spec: SPEC.clientCredentialsMetadata,
  },
  'as.client-credentials-no-refresh': {
    level: 'SHOULD',
    rule: 'no refresh token comes with client_credentials, since the client can come again',
    remedy: 'issue no refresh token with this grant',
    spec: SPEC.clientCredentialsResponse,
  },
} as const satisfies Readonly<Record<string, Rule>>;
