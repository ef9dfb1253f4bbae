import type { Rule } from '../../src/flows/checks/rules/rule.js';

const INTRODUCTION = `# Checks

What \`inspect-flow\` holds a flow against. Ids that begin with \`rs.\` are for whoever runs the MCP server, those with
\`as.\` for whoever runs the authorization server; they are stable, so that scripts can name them
(\`--expect check:<id>\`).

- **MUST**: if it is not met, the check fails, and so does the run ([exit code 3](exit-codes.md)).
- **SHOULD**: if it is not met, the check warns.
- **MAY**: it is shown whether it is met, and nothing comes of it.

A check of which nothing was seen is skipped. The levels are those of the text beside them, and a MUST fails only where
the answers prove that it is broken:

- What the text forbids and one run can't prove is a SHOULD here: \`as.no-password-grant\` (a grant that is listed need
  not be open to anybody), \`as.refresh-reuse-refused\` (it may be refused seconds later).
- Where the text only says what a member means or what an endpoint does, that it is true is a SHOULD:
  \`as.grant-types\`, \`as.response-modes\`, \`as.refresh-advertised\`, \`as.client-authentication-listed\`,
  \`as.client-credentials-listed\`, \`as.registration-auth-method\`, \`as.registration-redirect-uri-kept\`,
  \`as.refresh-granted\`, \`rs.revoked-token-refused\`. So are the demands of the draft extension, which no server says
  that it follows: \`as.client-credentials-methods\`.
- How long a code or token has to be follows from the chance to guess it, which is to be 2⁻¹²⁸ at most. One that could
  not be less likely, whatever characters it was drawn from, fails. Those that pass may be guessable all the same.
- No text demands them, but clients and users do better with them: \`as.token-outlives-margin\`,
  \`as.token-renewable\`, \`as.registration-no-store\`, \`rs.mcp-not-shared\`, \`rs.no-token-echo\`; nor does any text
  demand CORS, but what pages are allowed should be allowed in full.

Older revisions of MCP lack some of the rules, or have them on another level; with \`--revision\` a run is held against
those that its revision has.

The page is written from the rules in the source (\`npm run checks\`), and a test fails if it is not what they say.
`;

const OWNERS = [
  ['rs.', 'The MCP server'],
  ['as.', 'The authorization server'],
] as const;

/** The page that lists every check: id, level, rule, remedy and section. */
export function checksPage(rules: Readonly<Record<string, Rule>>): string {
  const sections = OWNERS.map(([prefix, title]) => {
    const rows = Object.entries(rules)
      .filter(([id]) => id.startsWith(prefix))
      .map(
        ([id, { level, rule, remedy, spec }]) =>
          `| \`${id}\` | ${level} | ${cell(rule)} | ${cell(remedy)} | [${cell(spec.title)}](${spec.url}) |`,
      );
    return [
      `## ${title}: ${rows.length} checks`,
      '',
      '| check | level | rule | what to do where it is not met | text |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
    ].join('\n');
  });
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

/** Text that means nothing else inside of a table. */
function cell(text: string): string {
  return text.replace(/[|<>*_[\]]/g, (character) => `\\${character}`);
}
