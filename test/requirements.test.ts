import { describe, expect, it } from 'vitest';
import { MCP_REVISIONS } from '../src/shared/oauth/revisions.js';
import { ROLES, SPECIFICATIONS } from './requirements.js';
import { type Citation, citationsIn, readCitations } from './requirements/citations.js';
import { compliancePage, testsByRequirement } from './requirements/compliance.js';
import { DEVIATIONS, UNMET } from './requirements/deviations.js';
import type { Requirement } from './requirements/specification.js';
import { verifies } from './verifies.js';

const requirements: readonly Requirement[] = SPECIFICATIONS.flatMap(({ requirements: rules }) => [...rules]);
const known = new Set(requirements.map(({ id }) => id));
const citations = readCitations();
const shown = testsByRequirement(citations);
const unmet = new Set<string>(UNMET.map(({ id }) => id));

describe('the requirements', () => {
  it('have an id each, which begins with the specification and, where that is a number, the section', () => {
    expect(known.size).toBe(requirements.length);
    for (const { requirements: rules } of SPECIFICATIONS) {
      const [prefix] = rules[0].id.split('-');
      for (const { id, section } of rules) {
        expect(id).toMatch(/^[a-z0-9.]+(-[a-z0-9.]+)+$/);
        expect(id.startsWith(/^\d/.test(section) ? `${prefix}-${section}-` : `${prefix}-`)).toBe(true);
      }
    }
  });

  it('end in no revision of MCP before the one that they begin with', () => {
    const wrong = requirements.filter(
      ({ since = MCP_REVISIONS[0], until = MCP_REVISIONS.at(-1)! }) => since > until,
    );
    expect(wrong).toEqual([]);
  });

  it('are each shown by a test', () => {
    const missing = requirements.filter(({ id }) => !shown.has(id) && !unmet.has(id));
    expect(missing.map(({ id }) => id)).toEqual([]);
  });

  it('that are not met are recommended only, no test says that they are met, and each has its reason once', () => {
    expect(unmet.size).toBe(UNMET.length);
    expect(requirements.filter(({ id, level }) => unmet.has(id) && level === 'MUST')).toEqual([]);
    expect([...unmet].filter((id) => shown.has(id))).toEqual([]);
    expect(UNMET.filter(({ why }) => why === '')).toEqual([]);
  });
});

describe('the deliberate deviations', () => {
  const by = (how: string) => new Set(citations.filter((one) => one.by === how).flatMap(({ ids }) => ids));

  it('are each shown by a test while they are on, and by one without them', () => {
    const all = new Set(Object.keys(DEVIATIONS));
    expect(by('deviates')).toEqual(all);
    expect(by('deviates.off')).toEqual(all);
  });
});

function missing(prefix: RegExp): readonly Requirement[] {
  return requirements.filter(({ id }) => prefix.test(id) && !shown.has(id) && !unmet.has(id));
}

describe('whole chapters that a requirement refers to', () => {
  verifies(['mcp-security-oauth-2.1'], 'section 7 of OAuth 2.1 is shown, or has its reason', () => {
    expect(missing(/^oauth2\.1-7\./)).toEqual([]);
  });

  verifies(
    ['mcp-communication-oauth-2.1', 'mcp-token-theft-storage', 'mcp-open-redirection-precautions'],
    'sections 1.5, 7.1 and 7.12.2 of OAuth 2.1 are shown, or have their reasons',
    () => {
      expect(missing(/^oauth2\.1-(?:1\.5|7\.1|7\.12\.2)[-.]/)).toEqual([]);
    },
  );

  verifies(
    ['mcp-cimd-draft', 'mcp-cimd-security', 'mcp-cimd-security-considered'],
    'the Client ID Metadata Document draft is shown, or has its reason',
    () => {
      expect(missing(/^cimd-/)).toEqual([]);
    },
  );
});

describe('whole chapters that a requirement on the MCP server refers to', () => {
  verifies(
    [
      'rs.mcp-token-requests',
      'rs.mcp-handling-validate',
      'rs.mcp-handling-errors',
      'rs.mcp-privilege-validate',
    ],
    'section 5 of OAuth 2.1 is shown, or has its reason',
    () => {
      expect(missing(/^rs\.oauth2\.1-5[-.]/)).toEqual([]);
    },
  );

  verifies(['rs.mcp-security-oauth-2.1'], 'section 7 of OAuth 2.1 is shown, or has its reason', () => {
    expect(missing(/^rs\.oauth2\.1-7\./)).toEqual([]);
  });

  verifies(['rs.mcp-communication-tls'], 'section 1.5 of OAuth 2.1 is shown, or has its reason', () => {
    expect(missing(/^rs\.oauth2\.1-1\.5-/)).toEqual([]);
  });
});

it('docs/compliance.md is what the tests say (npm run compliance writes it)', async () => {
  await expect(compliancePage(ROLES, citations)).toMatchFileSnapshot('../docs/compliance.md');
});

describe('citations', () => {
  const read = (text: string) =>
    citationsIn('a.test.ts', text).map(({ ids, title, by }) => ({ ids, title, by }));

  it('are read with the titles of what they are in', () => {
    const text = `
      describe('a code', () => {
        verifies(['x-1', 'x-2'], 'is spent once', () => {});
        describe.each(CASES)('of %s', () => {
          verifies.each([1, 2])(['x-1'], 'is %i', () => {});
        });
        deviates('loose', 'is not', () => {});
        deviates.off('loose', 'is', () => {});
        it('is cited by nobody', () => {});
      });`;
    expect(read(text)).toEqual([
      { by: 'verifies', ids: ['x-1', 'x-2'], title: 'a code is spent once' },
      { by: 'verifies', ids: ['x-1'], title: 'a code of %s is %i' },
      { by: 'deviates', ids: ['loose'], title: 'a code is not' },
      { by: 'deviates.off', ids: ['loose'], title: 'a code is' },
    ]);
  });

  it.each(['describe.skip(', 'describe.skipIf(CONDITION)(', 'describe.todo('])(
    'under %s do not count',
    (skipped) => {
      expect(read(`${skipped}'x', () => { verifies(['x-1'], 'y', () => {}); });`)).toEqual([]);
    },
  );

  it('are refused if they are not literals', () => {
    expect(() => read(`verifies(IDS, 'x', () => {});`)).toThrow('literals');
    expect(() => read(`verifies([ID], 'x', () => {});`)).toThrow('literals');
  });

  it('name requirements that there are', () => {
    const unknown = (one: Citation) => one.by === 'verifies' && one.ids.some((id) => !known.has(id));
    expect(citations.filter(unknown)).toEqual([]);
    expect(citations.length).toBeGreaterThan(50);
  });
});
