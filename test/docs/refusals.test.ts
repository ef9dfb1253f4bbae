import { describe, expect, it } from 'vitest';
import { REASON_CODES } from '../../src/shared/oauth/reason-codes.js';
import { readPage } from './fences.js';

const page = readPage('docs/refusals.md');
/** The codes in the first column of the tables. */
const explained = new Set(
  [...page.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) /gm)].flatMap((row) =>
    [...row[1]!.matchAll(/[a-z_]+/g)].map(String),
  ),
);

describe('docs/refusals.md', () => {
  it('explains every reason code', () => {
    expect(REASON_CODES.filter((code) => !explained.has(code))).toEqual([]);
  });

  it('explains no code that does not exist', () => {
    expect([...explained].filter((code) => !REASON_CODES.some((known) => known === code))).toEqual([]);
  });
});
