import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for a request without a token. */
export const CHALLENGE_RULES = {
  'rs.challenge-status': {
    level: 'MUST',
    rule: 'a request without a token is answered with the status 401',
    remedy: 'answer 401 where there is no valid token; 403 is for a token whose scope is not enough',
    spec: SPEC.errorHandling,
  },
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
  'rs.challenge-syntax': {
    level: 'MUST',
    rule: 'the WWW-Authenticate header keeps to the grammar of HTTP: scheme, then parameters with commas between them, each once',
    remedy: 'write it as Bearer name="value", name="value"; quote every value, and give no parameter twice',
    spec: SPEC.httpChallenge,
  },
  'rs.challenge-realm-quoted': {
    level: 'MUST',
    rule: 'realm is in quotes',
    remedy: 'write realm="…"',
    spec: SPEC.realm,
  },
  'rs.challenge-scope-syntax': {
    level: 'MUST',
    rule: 'the scope of the challenge has only the characters of scopes, with single spaces between them',
    remedy: 'join the scopes with one space each; no commas, brackets, quotes or backslashes',
    spec: SPEC.scopeSyntax,
  },
  'rs.challenge-error-syntax': {
    level: 'MUST',
    rule: 'error and error_description of the challenge are printable ASCII without quotes and backslashes',
    remedy: 'keep error and error_description to printable ASCII without quotes and backslashes',
    spec: SPEC.bearerChallenge,
  },
  'rs.challenge-metadata-url': {
    level: 'MUST',
    rule: 'resource_metadata is an absolute https URL (http on loopback)',
    remedy:
      'give the whole URL of the protected resource metadata, with https and the name by which clients reach it',
    spec: SPEC.resourceMetadataChallenge,
  },
} as const satisfies Readonly<Record<string, Rule>>;
