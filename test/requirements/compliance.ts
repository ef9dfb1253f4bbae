import type { Citation } from './citations.js';
import { DEVIATIONS, type DeviationId, UNMET } from './deviations.js';
import type { NotApplicable, Requirement, Role, Specification } from './specification.js';

const INTRODUCTION = `# Compliance

What each specification asks of an authorization server and of an MCP server (the resource server of OAuth), whether
ours do it, and the tests that show it. The requirements are in our own words, in the order of the text; what MUST NOT,
SHALL and REQUIRED say is called a MUST, what RECOMMENDED says a SHOULD. The page is written from the tests
(\`npm run compliance\`), and a test fails if it is not what they say.

- **met**: the tests named beside it show it. \`%s\` and the like in the name of a test stand for each of several cases.
- **met, but for …**: it is met unless something is switched on that [deviates on purpose](#deliberate-deviations).
- **not met**: a SHOULD that is [not followed, with the reason](#what-is-recommended-and-not-done).`;

/** Writes `docs/compliance.md`. */
export function compliancePage(roles: readonly Role[], citations: readonly Citation[]): string {
  const tests = testsByRequirement(citations);
  const specifications = roles.flatMap((one) => [...one.specifications]);
  return `${[
    INTRODUCTION,
    ...roles.map(overview),
    deviationsSection(citations),
    unmetSection(specifications),
    ...specifications.map((specification) => section(specification, tests)),
  ].join('\n\n')}\n`;
}

/** The tests that show a requirement: those that cite it, and those that show it without a deviation. */
export function testsByRequirement(citations: readonly Citation[]): ReadonlyMap<string, readonly Citation[]> {
  const tests = new Map<string, Citation[]>();
  for (const citation of citations) {
    if (citation.by === 'deviates') continue;
    const ids = citation.by === 'verifies' ? citation.ids : citation.ids.flatMap(requirementsOf);
    for (const id of ids) tests.set(id, [...(tests.get(id) ?? []), citation]);
  }
  return tests;
}

function requirementsOf(deviation: string): readonly string[] {
  return Object.entries(DEVIATIONS).find(([id]) => id === deviation)?.[1].requirements ?? [];
}

function deviationsFrom(id: string): readonly DeviationId[] {
  const all = Object.keys(DEVIATIONS) as DeviationId[];
  return all.filter((deviation) => requirementsOf(deviation).includes(id));
}

function overview({ role, specifications }: Role): string {
  const rows = specifications.map((specification) => {
    const count = (level: Requirement['level'], met: boolean) =>
      specification.requirements.filter((one) => one.level === level && isMet(one) === met).length;
    return [
      `[${specification.name}](#${anchor(heading(specification))})`,
      `${count('MUST', true)}`,
      `${count('MUST', false)}`,
      `${count('SHOULD', true)}`,
      `${count('SHOULD', false)}`,
      `${specification.notApplicable?.length ?? 0}`,
    ];
  });
  const head = [
    'specification',
    'MUST met',
    'MUST not met',
    'SHOULD met',
    'SHOULD not met',
    'not applicable',
  ];
  return `## Overview: the ${role}\n\n${table(head, rows)}`;
}

function isMet({ id }: Requirement): boolean {
  return !UNMET.some((one) => one.id === id);
}

function deviationsSection(citations: readonly Citation[]): string {
  const rows = Object.entries(DEVIATIONS).map(([id, { requirements, what, on, off, why }]) => [
    `<a id="${id}"></a>\`${id}\``,
    what,
    on,
    off,
    why,
    [...requirements].map(toRequirement).join(' '),
    links(citations.filter(({ by, ids }) => by !== 'verifies' && ids.includes(id))),
  ]);
  const head = ['deviation', 'what', 'switched on by', 'switched off by', 'why', 'requirements', 'tests'];
  return `## Deliberate deviations\n\nThe list is closed: a test holds it to what the tests show.\n\n${table(head, rows)}`;
}

function unmetSection(specifications: readonly Specification[]): string {
  const all = specifications.flatMap(({ requirements }) => requirements);
  const rows = UNMET.map(({ id, why }) => [
    toRequirement(id),
    escape(all.find((one) => one.id === id)?.text ?? ''),
    why,
  ]);
  return `## What is recommended and not done\n\n${table(['requirement', 'what it asks for', 'why not'], rows)}`;
}

function section(specification: Specification, tests: ReadonlyMap<string, readonly Citation[]>): string {
  const rows = specification.requirements.map((one) => [
    `<a id="${one.id}"></a>[${one.section}](${one.link ?? specification.url + one.section})`,
    escape(one.text) + revisions(one),
    one.level,
    status(one),
    links(tests.get(one.id) ?? []),
  ]);
  return [
    `## ${heading(specification)}`,
    table(['section', 'requirement', 'level', 'status', 'tests'], rows),
    ...leftOut(specification.notApplicable ?? []),
  ].join('\n\n');
}

function toRequirement(id: string): string {
  return `[\`${id}\`](#${id})`;
}

function leftOut(rules: readonly NotApplicable[]): readonly string[] {
  if (rules.length === 0) return [];
  const lines = rules.map(({ section: at, text, why }) => `- ${at}: ${escape(text)} *${escape(why)}*`);
  return [`Not applicable, with the reason:`, lines.join('\n')];
}

function heading({ name, title }: Specification): string {
  return `${name}: ${title}`;
}

/** As GitHub makes it from a heading. */
function anchor(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function revisions({ since, until }: Requirement): string {
  if (since === undefined && until === undefined) return '';
  if (since === until) return ` (${since})`;
  return until === undefined ? ` (since ${since})` : ` (until ${until})`;
}

function status(one: Requirement): string {
  if (!isMet(one)) return '[not met](#what-is-recommended-and-not-done)';
  const without = deviationsFrom(one.id).map((id) => `[${id}](#${id})`);
  return without.length === 0 ? 'met' : `met, but for ${without.join(', ')}`;
}

function links(citations: readonly Citation[]): string {
  return citations.map(({ file, title }) => `[${escape(title)}](../test/${file})`).join('<br>');
}

/** Text in a cell of a table. */
function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
