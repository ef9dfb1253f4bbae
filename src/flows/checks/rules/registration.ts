import { SPEC } from '../../spec.js';
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
  'as.registration-no-store': {
    level: 'SHOULD',
    rule: 'the registration is not stored by caches (Cache-Control: no-store)',
    remedy: 'send Cache-Control: no-store with what holds credentials',
    spec: SPEC.registrationResponse,
  },
} as const satisfies Readonly<Record<string, Rule>>;
