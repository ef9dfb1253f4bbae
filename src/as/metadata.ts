import { CLIENT_EVIDENCE_ENDPOINT } from '../shared/oauth/client-evidence.js';
import type { Capabilities } from './capabilities.js';

/** Where the endpoints are, below the issuer. */
export const PATHS = {
  authorize: '/authorize',
  login: '/login',
  consent: '/consent',
  grants: '/grants',
  signOut: '/sign-out',
  token: '/token',
  register: '/register',
  introspect: '/introspect',
  revoke: '/revoke',
  clientEvidence: '/client-evidence',
  jwks: '/jwks',
} as const;

/** The path of a page on the issuer's host, for the forms that lead there. */
export function pagePath(issuer: string, page: 'login' | 'consent' | 'grants' | 'signOut'): string {
  return basePath(issuer) + PATHS[page];
}

/** What stands in front of every path: nothing, or the path of the issuer. */
export function basePath(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '');
}

/**
 * The metadata document, the same at every well-known place.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 RFC 8414 §2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9207#section-3 RFC 9207 §3} for `authorization_response_iss_parameter_supported`
 * @see {@link https://openid.net/specs/openid-connect-prompt-create-1_0.html#section-4.2 Initiating User Registration §4.2} for `prompt_values_supported`
 */
export function buildMetadata(issuer: string, capabilities: Capabilities): Readonly<Record<string, unknown>> {
  return {
    issuer,
    authorization_endpoint: issuer + PATHS.authorize,
    token_endpoint: issuer + PATHS.token,
    ...(capabilities.registration.has('dcr') && { registration_endpoint: issuer + PATHS.register }),
    ...(capabilities.registration.has('cimd') && { client_id_metadata_document_supported: true }),
    scopes_supported: capabilities.scopes,
    response_types_supported: capabilities.responseTypes,
    response_modes_supported: capabilities.responseModes,
    grant_types_supported: capabilities.grantTypes,
    token_endpoint_auth_methods_supported: capabilities.clientAuthenticationMethods,
    token_endpoint_auth_signing_alg_values_supported: capabilities.clientAssertionAlgorithms,
    revocation_endpoint: issuer + PATHS.revoke,
    revocation_endpoint_auth_methods_supported: capabilities.clientAuthenticationMethods,
    revocation_endpoint_auth_signing_alg_values_supported: capabilities.clientAssertionAlgorithms,
    introspection_endpoint: issuer + PATHS.introspect,
    introspection_endpoint_auth_methods_supported: capabilities.introspectionAuthenticationMethods,
    code_challenge_methods_supported: capabilities.codeChallengeMethods,
    prompt_values_supported: capabilities.promptValues,
    authorization_response_iss_parameter_supported: true,
    ...(capabilities.jwks && { jwks_uri: issuer + PATHS.jwks }),
    ...(capabilities.clientEvidence && { [CLIENT_EVIDENCE_ENDPOINT]: issuer + PATHS.clientEvidence }),
  };
}
