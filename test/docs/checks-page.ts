import type { Rule } from '../../src/flows/checks/rules/rule.js';

const INTRODUCTION = `# Checks

What \`inspect-flow\` holds a flow against. Ids that begin with \`rs.\` are for whoever runs the MCP server, those with
\`as.\` for whoever runs the authorization server; they are stable, so that scripts can name them
(\`--expect check:<id>\`).

- **MUST**: if it is not met, the check fails, and so does the run ([exit code 3](exit-codes.md)).
- **SHOULD**: if it is not met, the check warns.
- **MAY**: it is shown whether it is met, and nothing comes of it.

A check of which nothing was seen is skipped. The levels are those of the text beside them. Two rest on what clients do,
and on no text: \`as.token-outlives-margin\` and \`as.token-renewable\`; and no text demands CORS, but what pages are
allowed should be allowed in full.

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
