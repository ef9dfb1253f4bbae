import * as z from 'zod';
import { SCOPED_TOOLS_SCOPES } from '../../shared/oauth/demo.js';
import { formatScope } from '../../shared/oauth/scope.js';
import { redactClaims } from './redacted-claims.js';
import { defineTool, type Tool } from './tool.js';

/** Shows the caller what the authorization server says of the token that came with the call. */
export function createWhoami(): Tool {
  return defineTool({
    name: 'whoami',
    title: 'Who am I',
    description:
      'Tells on whose behalf you call: the claims of your access token as this server verified them, without secrets. Needs the scope profile.',
    inputSchema: z.object({}),
    outputSchema: z.object({
      iss: z.string().describe('the authorization server that vouches for the token'),
      sub: z.string().optional().describe('the user'),
      client_id: z.string().optional().describe('the client'),
      scope: z.string().describe('what the token may be used for'),
      claims: z.record(z.string(), z.unknown()).describe('all claims of the token that can be shown'),
      withheld: z.array(z.string()).describe('names of claims that are not shown'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    scopes: [SCOPED_TOOLS_SCOPES.whoami],
    handler(_input, { token: { iss, sub, client_id, scope, claims } }) {
      const who = `${sub ?? 'nobody in particular'}, through the client ${client_id ?? '(not named)'}`;
      const { claims: shown, withheld } = redactClaims(claims);
      const facts = {
        iss,
        ...(sub === undefined ? {} : { sub }),
        ...(client_id === undefined ? {} : { client_id }),
        scope: formatScope(scope),
        claims: shown,
        withheld: [...withheld],
      };
      return {
        content: [
          { type: 'text', text: `You are ${who}; your token has the scope ${facts.scope || '(none)'}.` },
          { type: 'text', text: JSON.stringify(facts, null, 2) },
        ],
        structuredContent: facts,
      };
    },
  });
}
