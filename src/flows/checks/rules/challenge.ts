import { SPEC } from '../../spec.js';
import type { Rule } from './rule.js';

/** The rules for a request without a token. */
export const CHALLENGE_RULES = {
  'rs.challenge-bearer': {
    level: 'MUST',
    rule: 'a request without a token is answered with 401 and a WWW-Authenticate header with the Bearer scheme',
    remedy: 'answer 401 with WWW-Authenticate: Bearer to every MCP request without a valid token',
    spec: SPEC.bearerChallenge,
  },
  'rs.challenge-resource-metadata': {
    level: 'SHOULD',
    rule: 'the challenge names the protected resource metadata (resource_metadata)',
    remedy: 'add resource_metadata="<URL of the protected resource metadata>" to the challenge',
    spec: SPEC.resourceMetadataChallenge,
  },
  'rs.challenge-scope': {
    level: 'SHOULD',
    rule: 'the challenge names the scopes that are needed',
    remedy: 'add scope="<what the request needs>" to the challenge',
    spec: SPEC.scopeSelection,
  },
  'rs.challenge-no-error': {
    level: 'SHOULD',
    rule: 'the challenge has no error, since no token was sent',
    remedy: 'leave error out where the request had no token at all',
    spec: SPEC.bearerErrors,
  },
} as const satisfies Readonly<Record<string, Rule>>;
