import { expect, it } from 'vitest';
import { LIMITS } from '../../src/as/limits/table.js';
import { readPage } from './fences.js';

it('docs/rate-limits.md has every limit of the authorization server, as it is in the source, and no others', () => {
  const rows = [...readPage('docs/rate-limits.md').matchAll(/^\| `(\w+)` (.*)\|$/gm)].map(
    ([, name, cells]) => [
      name,
      ...cells!
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean),
    ],
  );
  expect(rows).toEqual(
    Object.entries(LIMITS).map(([name, { counts, of, most, seconds }]) => [
      name,
      counts,
      of,
      String(most),
      String(seconds),
    ]),
  );
});
