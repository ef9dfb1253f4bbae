import { CHALLENGE_RULES } from './challenge.js';
import { RESOURCE_METADATA_RULES } from './resource-metadata.js';
import { AUTHORIZATION_SERVER_METADATA_RULES } from './authorization-server-metadata.js';
import { REGISTRATION_RULES } from './registration.js';
import { AUTHORIZATION_RESPONSE_RULES } from './authorization-response.js';
import { SIGN_IN_RULES } from './sign-in.js';
import { TOKEN_RESPONSE_RULES } from './token-response.js';
import { TOKEN_USE_RULES } from './token-use.js';
import { CROSS_ORIGIN_RULES } from './cross-origin.js';
import { CLIENT_AUTHENTICATION_RULES } from './client-authentication.js';
import { REFRESH_RULES } from './refresh.js';
import { REVOCATION_RULES } from './revocation.js';
import { STEP_UP_RULES } from './step-up.js';

/** Every requirement that a flow is held against. Ids are stable: scripts name them. */
export const RULES = {
  ...CHALLENGE_RULES,
  ...RESOURCE_METADATA_RULES,
  ...AUTHORIZATION_SERVER_METADATA_RULES,
  ...REGISTRATION_RULES,
  ...SIGN_IN_RULES,
  ...AUTHORIZATION_RESPONSE_RULES,
  ...TOKEN_RESPONSE_RULES,
  ...TOKEN_USE_RULES,
  ...CLIENT_AUTHENTICATION_RULES,
  ...STEP_UP_RULES,
  ...REFRESH_RULES,
  ...REVOCATION_RULES,
  ...CROSS_ORIGIN_RULES,
} as const;

/** The id of a requirement. */
export type CheckId = keyof typeof RULES;
