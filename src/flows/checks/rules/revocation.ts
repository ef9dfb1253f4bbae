import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for giving tokens back. */
export const REVOCATION_RULES = {
  'as.revocation-endpoint': {
    level: 'MAY',
    rule: 'tokens can be given back (revocation_endpoint)',
    remedy: 'offer RFC 7009, so that a client that signs out leaves nothing behind that works',
    spec: SPEC.revocation,
  },
  'as.revocation-refresh-token': {
    level: 'MUST',
    rule: 'a refresh token can be revoked, and that is answered with 200',
    remedy:
      'take refresh tokens at the revocation endpoint, and answer 200, also for one that is void already',
    spec: SPEC.revocationRequest,
  },
  'as.revocation-access-token': {
    level: 'SHOULD',
    rule: 'an access token can be revoked, and that is answered with 200',
    remedy:
      'take access tokens at the revocation endpoint, and answer 200, also for one that is void already',
    spec: SPEC.revocation,
  },
  'rs.revoked-token-refused': {
    level: 'SHOULD',
    rule: 'the MCP server refuses the token that was revoked',
    remedy:
      'ask the authorization server about opaque tokens, and keep the answers for seconds only; where tokens are JWTs that are verified locally, let them live for minutes',
    spec: SPEC.revocation,
  },
} as const satisfies Readonly<Record<string, Rule>>;
