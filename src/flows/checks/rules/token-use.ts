import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for what the MCP server does with a token. */
export const TOKEN_USE_RULES = {
  'rs.token-accepted': {
    level: 'MUST',
    rule: 'the server takes the token that its authorization server issued for it',
    remedy:
      'hold what the token says (issuer, audience, scope, expiry) against what the MCP server expects; its log should say which of them it missed',
    spec: SPEC.tokenUsage,
  },
  'rs.tools-listed': {
    level: 'MUST',
    rule: 'tools/list is answered with a list of tools',
    remedy: 'answer tools/list with a result that has an array of tools',
    spec: SPEC.tools,
  },
  'rs.mcp-media-type': {
    level: 'MUST',
    rule: 'MCP requests are answered with application/json or text/event-stream',
    remedy: 'send Content-Type: application/json for one answer, text/event-stream for a stream',
    spec: SPEC.sendingMessages,
  },
  'rs.mcp-not-shared': {
    level: 'SHOULD',
    rule: 'shared caches may not keep what was answered to one token (no public, no s-maxage)',
    remedy: 'send Cache-Control: no-store, or private, with answers to requests with a token',
    spec: SPEC.sharedCaches,
  },
  'rs.no-token-echo': {
    level: 'SHOULD',
    rule: 'the server does not send the token back',
    remedy: 'keep the Authorization header out of answers, errors and traces of errors included',
    spec: SPEC.tokenDisclosure,
  },
  'rs.session-id-visible': {
    level: 'MUST',
    rule: 'a session id has only visible ASCII',
    remedy: 'make session ids of characters from ! to ~',
    spec: SPEC.sessions,
  },
  'rs.session-id-random': {
    level: 'SHOULD',
    rule: 'a session id is long enough to be random, as a UUID is',
    remedy: 'make session ids of 122 random bits or more: a random UUID will do',
    spec: SPEC.sessions,
  },
  'rs.refusal-challenge': {
    level: 'MUST',
    rule: 'where a token is refused with 401, a WWW-Authenticate header with the Bearer scheme says so',
    remedy: 'send WWW-Authenticate: Bearer with every 401',
    spec: SPEC.bearerChallenge,
  },
  'rs.refusal-error': {
    level: 'SHOULD',
    rule: 'where a token is refused, a challenge says why (error)',
    remedy: 'add error="invalid_token" or error="insufficient_scope" to the challenge',
    spec: SPEC.bearerChallenge,
  },
  'rs.refusal-status': {
    level: 'SHOULD',
    rule: 'invalid_token comes with 401, insufficient_scope with 403',
    remedy: 'answer 401 where the token is no good, 403 where it is good and its scope is not enough',
    spec: SPEC.bearerErrors,
  },
  'rs.tool-result': {
    level: 'MUST',
    rule: 'tools/call is answered with a result that has content',
    remedy: 'answer tools/call with a result that has an array of content',
    spec: SPEC.tools,
  },
} as const satisfies Readonly<Record<string, Rule>>;
