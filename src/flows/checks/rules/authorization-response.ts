import { SPEC } from '../../spec.js';
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
} as const satisfies Readonly<Record<string, Rule>>;
