import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { readPage } from './fences.js';

describe.each([
  ['docs/reading-the-source.md', 'src/as'],
  ['docs/reading-inspect-flow.md', 'src/flows'],
])('the map of the source, %s,', (page, folder) => {
  const source = join(ROOT, folder);

  /** The files and folders in the first column of the table; in one row a folder may be said once, for the files after it. */
  const listed = [...readPage(page).matchAll(/^\| (`[^|]+`) *\|/gm)].map(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!),
  );

  it.each(listed.map((row) => [row.join(', '), row] as const))('leads to files: %s', (_row, row) => {
    for (const path of row) {
      const above = /^.*\//.exec(row[0]!)?.[0] ?? '';
      expect(
        [path, above + path].some((place) => existsSync(join(source, place))),
        path,
      ).toBe(true);
    }
  });

  it('leaves no folder out', () => {
    const shown = listed.flat().map((path) => path.split('/')[0]);
    const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });
});
