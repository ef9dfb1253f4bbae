import { SPEC } from '../../spec.js';
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
} as const satisfies Readonly<Record<string, Rule>>;
