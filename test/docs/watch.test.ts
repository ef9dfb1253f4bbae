import { describe, expect, it } from 'vitest';
import {
  WATCH_END_FLAGS,
  WATCH_FLAGS,
  watchOutputFlags,
} from '../../src/cli/flags/inspect-flow/watch-flags.js';
import { FORMAT_IDS } from '../../src/flows/index.js';
import { watchLine } from '../../src/flows/render/watch/lines.js';
import { readPage } from './fences.js';

const page = readPage('docs/watch.md');

/** The first column of the tables under a heading. */
function listedUnder(heading: string): readonly string[] {
  const [, section = ''] =
    new RegExp(`^## ${heading}$([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(page) ?? [];
  return [...section.matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name!);
}

describe('docs/watch.md lists all', () => {
  it('types of lines', () => {
    expect(listedUnder('JSON lines')).toEqual(watchLine.options.map(({ shape }) => shape.type.value));
  });

  it('flags', () => {
    const flags = { ...WATCH_FLAGS, ...WATCH_END_FLAGS, ...watchOutputFlags(FORMAT_IDS) };
    expect(listedUnder('Flags')).toEqual(Object.keys(flags).map((name) => `--${name}`));
  });
});
