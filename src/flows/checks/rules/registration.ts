import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for dynamic registration. */
export const REGISTRATION_RULES = {
  'as.registration-created': {
    level: 'MUST',
    rule: 'a registration is answered with 201 and a client_id',
    remedy:
      'answer a registration with 201 and a JSON object that has client_id; what the server does not support it may replace, and say so',
    spec: SPEC.registrationResponse,
  },
  'as.registration-secret-expiry': {
    level: 'MUST',
    rule: 'client_secret_expires_at comes with a client_secret',
    remedy: 'send client_secret_expires_at beside client_secret; 0 if it never expires',
    spec: SPEC.registrationResponse,
  },
  'as.registration-redirect-uris': {
    level: 'MUST',
    rule: 'the answer to a registration says which redirect_uris are registered',
    remedy: 'return all registered metadata in the answer, redirect_uris among them',
    spec: SPEC.registrationResponse,
  },
  'as.registration-redirect-uri-kept': {
    level: 'SHOULD',
    rule: 'the redirect URI of the request is among those that are registered, as it was sent',
    remedy: 'register a redirect URI as it was sent, or refuse the registration with invalid_redirect_uri',
    spec: SPEC.registrationError,
  },
  'as.registration-issued-at': {
    level: 'MUST',
    rule: 'client_id_issued_at, where it is sent, is a number of seconds since 1970',
    remedy: 'send client_id_issued_at as a JSON number of seconds, or leave it out',
    spec: SPEC.registrationResponse,
  },
  'as.registration-auth-method': {
    level: 'SHOULD',
    rule: 'the token_endpoint_auth_method that is registered is one that the metadata lists',
    remedy: 'register a client for a method of token_endpoint_auth_methods_supported',
    spec: SPEC.registrationResponse,
  },
  'as.registration-management': {
    level: 'MUST',
    rule: 'registration_client_uri and registration_access_token come together, and the first is an absolute URL',
    remedy: 'send both, or neither where clients cannot manage their registration',
    spec: SPEC.registrationManagement,
  },
  'as.registration-deleted': {
    level: 'MUST',
    rule: 'a registration that its client deletes is answered with 204',
    remedy:
      'answer DELETE at registration_client_uri with 204 and no body; with 405 where it is not supported',
    spec: SPEC.registrationRemoval,
  },
  'as.registration-no-store': {
    level: 'SHOULD',
    rule: 'the registration is not stored by caches (Cache-Control: no-store)',
    remedy: 'send Cache-Control: no-store with what holds credentials',
    spec: SPEC.registrationResponse,
  },
} as const satisfies Readonly<Record<string, Rule>>;
