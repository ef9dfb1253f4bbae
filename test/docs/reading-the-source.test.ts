import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { readPage } from './fences.js';

const SOURCE = join(ROOT, 'src/as');

/** The files and folders in the first column of the table; in one row a folder may be said once, for the files after it. */
const listed = [...readPage('docs/reading-the-source.md').matchAll(/^\| (`[^|]+`) *\|/gm)].map(([, cell]) =>
  [...cell!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!),
);

describe('the map of the source, docs/reading-the-source.md,', () => {
  it.each(listed.map((row) => [row.join(', '), row] as const))('leads to files: %s', (_row, row) => {
    for (const path of row) {
      const folder = /^.*\//.exec(row[0]!)?.[0] ?? '';
      expect(
        [path, folder + path].some((place) => existsSync(join(SOURCE, place))),
        path,
      ).toBe(true);
    }
  });

  it('leaves no folder out', () => {
    const shown = listed.flat().map((path) => path.split('/')[0]);
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).filter((name) => !shown.includes(name))).toEqual([]);
  });
});
