import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run, start, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import { callWithInspector } from './support/clients.js';
import { PROGRAMS, programPath } from './support/packages.js';
import { type Household, newHousehold } from './support/program.js';

const keep = stopAfterEach();
const households: Household[] = [];
const folder = mkdtempSync(join(tmpdir(), 'watch-'));

beforeAll(async () => {
  await programPath(PROGRAMS.node);
  await programPath(PROGRAMS.inspector);
  return () => rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await Promise.all(households.splice(0).map((household) => household.end()));
});

async function household(): Promise<Household> {
  const made = await newHousehold();
  households.push(made);
  return made;
}

describe(`inspect-flow watch, and ${PROGRAMS.inspector.spec} with a client id and without`, () => {
  it('shows the two side by side: which took /register, and by which route each came', async () => {
    const pair = keep(await startPair('--client', 'demo-preset'));
    const watch = keep(start(['inspect-flow', 'watch', pair.resource, '--save', folder]));
    await watch.printed(/so far/);
    await callWithInspector(pair.resource, await household(), '--client-id', 'demo-preset');
    await watch.printed(/route +preset: /);
    await callWithInspector(pair.resource, await household());
    await watch.printed(/route +dcr: /);
    const { code, stdout } = await watch.stop();
    expect(code).toBe(0);
    const linesOf = (flow: string) =>
      stdout
        .split('\n')
        .filter((line) => line.includes(` ${flow} `))
        .join('\n');
    expect(linesOf('f1')).toMatch(/to \/authorize as demo-preset/);
    expect(linesOf('f1')).not.toMatch(/ registers/);
    expect(linesOf('f2')).toMatch(/ registers/);
    expect(stdout.match(/MCP Inspector/g)?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).not.toMatch(/problem/);
  });

  it('lets their saved traces be compared: the difference is the registration', async () => {
    const [preset, registered] = readdirSync(folder)
      .toSorted()
      .map((name) => join(folder, name));
    const { code, stdout } = await run(['inspect-flow', 'diff', preset!, registered!]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/preset/);
    expect(stdout).toMatch(/dcr/);
    expect(stdout).toMatch(/\/register/);
  });
});
