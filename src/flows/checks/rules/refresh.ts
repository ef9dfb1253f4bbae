import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for a refresh token, and for one that is presented again. */
export const REFRESH_RULES = {
  'as.refresh-granted': {
    level: 'SHOULD',
    rule: 'the refresh token that came with the access token is good for one',
    remedy:
      'serve grant_type=refresh_token to the client that a refresh token was issued to, for as long as its grant lives',
    spec: SPEC.refreshGrant,
  },
  'as.refresh-rotates': {
    level: 'MUST',
    rule: 'a public client gets a new refresh token each time, since nothing else would show that one was stolen',
    remedy: 'issue a new refresh token with every answer to a public client, and invalidate the one before',
    spec: SPEC.refreshRotation,
  },
  'as.refresh-scope': {
    level: 'MUST',
    rule: 'the new token has no scope that was not granted before',
    remedy: 'limit what a refresh token gets to the scope that the user has agreed to',
    spec: SPEC.refreshScope,
  },
  'rs.refreshed-token-accepted': {
    level: 'MUST',
    rule: 'the MCP server takes the new token',
    remedy:
      'issue refreshed tokens for the same resource as the first; the log of the MCP server should say what it missed',
    spec: SPEC.tokenUsage,
  },
  'as.refresh-reuse-refused': {
    level: 'SHOULD',
    rule: 'a refresh token that was replaced is refused at once when a public client presents it again',
    remedy:
      'invalidate a refresh token when it has been used; a time of grace for races should be seconds, if there is one',
    spec: SPEC.refreshRotation,
  },
  'as.refresh-reuse-error': {
    level: 'MUST',
    rule: 'that refusal is 400 with the error invalid_grant',
    remedy: 'answer a refresh token that is no longer good with 400 and {"error":"invalid_grant"}',
    spec: SPEC.tokenError,
  },
  'as.refresh-reuse-revokes': {
    level: 'SHOULD',
    rule: 'after that the refresh token that replaced it is void too: one of the two is in the wrong hands',
    remedy: 'when a replaced refresh token comes again, revoke all that was issued from its grant',
    spec: SPEC.refreshReplay,
  },
} as const satisfies Readonly<Record<string, Rule>>;
