import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_RULES } from '../../src/flows/watch/findings/index.js';

const page = readFileSync(new URL('../../docs/findings.md', import.meta.url), 'utf8');

/** The rows of all tables: id, severity, what is seen, who changes what, rule. */
const rows = page
  .split('\n')
  .filter((line) => /^\| `[a-z-]+`/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map(([id = '', severity = '', seen = '', who = '', rule = '']) => ({
    id: id.replaceAll('`', ''),
    severity,
    seen,
    who,
    rule,
  }));

describe('docs/findings.md', () => {
  it('tells of each finding once', () => {
    expect(rows.map(({ id }) => id).toSorted()).toEqual(FINDING_RULES.map(({ id }) => id).toSorted());
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it.each(FINDING_RULES.map((rule) => [rule.id, rule] as const))(
    'says the severity and the rule of %s',
    (id, { severity, spec }) => {
      const row = rows.find((one) => one.id === id);
      expect(row?.severity).toMatch(new RegExp(`^${severity}\\b`));
      expect(row?.rule).toBe(spec?.title ?? '');
      expect(row?.seen).not.toBe('');
      expect(row?.who).not.toBe('');
    },
  );
});
