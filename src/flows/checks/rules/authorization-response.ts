import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for the authorization response. */
export const AUTHORIZATION_RESPONSE_RULES = {
  'as.state-echoed': {
    level: 'MUST',
    rule: 'state comes back exactly as it was sent',
    remedy: 'copy state from the request to the response without decoding or trimming it twice',
    spec: SPEC.authorizationResponse,
  },
  'as.iss-present': {
    level: 'MUST',
    rule: 'iss is in the authorization response if the metadata says so',
    remedy: 'send iss in every authorization response, errors included, or do not announce it',
    spec: SPEC.issuerValidation,
  },
  'as.iss-match': {
    level: 'MUST',
    rule: 'iss is, character by character, the issuer of the metadata',
    remedy: 'send the issuer of the metadata as iss, character by character',
    spec: SPEC.issuerValidation,
  },
  'as.iss-unannounced': {
    level: 'MUST',
    rule: 'an authorization server that sends iss says so in its metadata',
    remedy: 'publish authorization_response_iss_parameter_supported: true',
    spec: SPEC.issuerAdvertised,
  },
  'as.response-in-query': {
    level: 'MUST',
    rule: 'code and state come in the query of the redirect URI, not in its fragment',
    remedy: 'add the parameters to the query of the redirect URI',
    spec: SPEC.authorizationResponse,
  },
  'as.no-front-channel-token': {
    level: 'SHOULD',
    rule: 'no token comes by way of the browser',
    remedy: 'issue tokens at the token endpoint only',
    spec: SPEC.noImplicitGrant,
  },
  'as.response-parameters-once': {
    level: 'MUST',
    rule: 'no parameter of the answer comes more than once',
    remedy: 'send each parameter once, also where the redirect URI has a query of its own',
    spec: SPEC.authorizationEndpoint,
  },
  'as.code-or-error': {
    level: 'MUST',
    rule: 'the answer has either a code or an error',
    remedy: 'answer with code, or with error, and never with both',
    spec: SPEC.authorizationResponse,
  },
  'as.code-entropy': {
    level: 'MUST',
    rule: 'the code is long enough to hold 128 random bits',
    remedy: 'issue codes of at least 22 random characters of base64url',
    spec: SPEC.guessing,
  },
  'as.error-syntax': {
    level: 'MUST',
    rule: 'error and error_description are printable ASCII without quotes and backslashes',
    remedy: 'keep error and error_description to printable ASCII without quotes and backslashes',
    spec: SPEC.authorizationError,
  },
} as const satisfies Readonly<Record<string, Rule>>;
