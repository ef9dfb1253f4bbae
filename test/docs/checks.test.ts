import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/flows/checks/rules/index.js';
import { checksPage } from './checks-page.js';

const ids = Object.keys(RULES);

describe('the checks of inspect-flow', () => {
  it('are on docs/checks.md as they are in the code (npm run checks writes it)', async () => {
    await expect(checksPage(RULES)).toMatchFileSnapshot('../../docs/checks.md');
  });

  it('are at least 60, each with an id that says whose it is', () => {
    expect(ids.length).toBeGreaterThanOrEqual(60);
    for (const id of ids) expect(id).toMatch(/^(?:as|rs)\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('cite a section by its URL, and end no text with a period', () => {
    for (const [id, { rule, remedy, spec }] of Object.entries(RULES)) {
      expect(spec.url, id).toMatch(/^https:\/\/[^ ]+$/);
      for (const text of [rule, remedy]) expect(text, id).toMatch(/[^.\s]$/);
    }
  });
});
