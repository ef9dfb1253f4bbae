import { describe, expect, it } from 'vitest';
import { AUDIT_RULES } from '../../src/cli/audit/rules.js';
import { AUDIT_LINE, AUDIT_NOTES, AUDITED_KINDS } from '../../src/cli/audit/schema.js';
import { readPage } from './fences.js';

const page = readPage('docs/audit-log.md');

/** The rows of the table under a heading, cell by cell. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = new RegExp(`^## ${heading}$([\\s\\S]*?)^## |$`, 'm').exec(page) ?? [];
  const text = section || page.slice(page.indexOf(`## ${heading}`)).split(/^## /m)[1]!;
  return [...text.matchAll(/^\| `.*$/gm)].map(([row]) =>
    row
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

const codeIn = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);

describe('docs/audit-log.md', () => {
  it('lists each event that is written, and no other', () => {
    const listed = rowsUnder('What is written').map(([event]) => codeIn(event!)[0]);
    expect([...listed].sort()).toEqual([...AUDITED_KINDS, ...AUDIT_NOTES].sort());
  });

  it('says what comes of each', () => {
    const rows = rowsUnder('What is written');
    for (const [kind, rule] of Object.entries(AUDIT_RULES)) {
      if (rule === null || typeof rule.outcome !== 'string') continue;
      const row = rows.find(([event]) => event === `\`${kind}\``);
      expect(codeIn(row![2]!), kind).toEqual([rule.outcome]);
    }
  });

  it('tells what each member of a line is, in the order of the schema', () => {
    const listed = rowsUnder('Members').map(([member]) => codeIn(member!)[0]);
    expect(listed).toEqual(Object.keys(AUDIT_LINE.shape));
  });

  it('shows a line that is one', () => {
    const [, example] = /```json\n([\s\S]*?)```/.exec(page)!;
    expect(AUDIT_LINE.safeParse(JSON.parse(example!)).error).toBeUndefined();
  });
});

it('every member of the schema is one that some event brings along', () => {
  const brought = new Set<string>(Object.values(AUDIT_RULES).flatMap((rule) => [...(rule?.members ?? [])]));
  const envelope = ['version', 'time', 'server', 'event', 'outcome'];
  // The address is of the request, or of what never came to be one.
  const request = ['request_id', 'user_agent', 'trace_id', 'span_id'];
  const others = Object.keys(AUDIT_LINE.shape).filter((name) => !brought.has(name));
  expect(others).toEqual([...envelope, ...request, 'lost']);
});
