import { SPEC } from '../../spec.js';
import type { Rule } from './rule.js';

/** The rules for the token response. */
export const TOKEN_RESPONSE_RULES = {
  'as.token-type': {
    level: 'MUST',
    rule: 'the token response has an access_token and the token_type Bearer',
    remedy: 'answer with access_token and token_type: "Bearer"',
    spec: SPEC.tokenResponse,
  },
  'as.token-no-store': {
    level: 'MUST',
    rule: 'the token response is not stored by caches (Cache-Control: no-store)',
    remedy: 'send Cache-Control: no-store with every token response',
    spec: SPEC.tokenResponse,
  },
  'as.token-json': {
    level: 'MUST',
    rule: 'the token response has the media type application/json',
    remedy: 'send it with Content-Type: application/json',
    spec: SPEC.tokenResponse,
  },
  'as.token-expires-in': {
    level: 'SHOULD',
    rule: 'the token response says in seconds how long the token lives (expires_in)',
    remedy: 'send expires_in as a number of seconds',
    spec: SPEC.tokenResponse,
  },
  'as.refresh-token': {
    level: 'MAY',
    rule: 'the token response has a refresh token',
    remedy:
      'issue a refresh token to clients that ask for the grant, so that the user need not sign in again',
    spec: SPEC.refreshTokens,
  },
} as const satisfies Readonly<Record<string, Rule>>;
