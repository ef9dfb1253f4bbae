import { describe, expect, it } from 'vitest';
import As from '../../src/commands/as.js';
import Rs from '../../src/commands/rs.js';
import { readPage } from './fences.js';

/** The flags in the first column of the table under "Flags". */
function flagsListedIn(page: string): readonly string[] {
  const [, section = ''] = /^## Flags$([\s\S]*?)^## /m.exec(readPage(page)) ?? [];
  return [...section.matchAll(/^\| (`--[^|]+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`--([a-z-]+)`/g)].map(([, name]) => name!),
  );
}

describe('the page of a server lists all its flags, and no others', () => {
  it.each([
    ['docs/authorization-server.md', As.flags],
    ['docs/resource-server.md', Rs.flags],
  ])('%s', (page, flags) => {
    expect([...flagsListedIn(page)].sort()).toEqual(Object.keys(flags).sort());
  });
});
