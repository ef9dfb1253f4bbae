import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import { programPath, PROGRAMS } from './support/packages.js';
import { runProgram } from './support/program.js';

let node: string;
beforeAll(async () => {
  node = await programPath(PROGRAMS.node);
});

/** What vitest says about a run, as far as it is looked at. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

it(`the sqlite store does the same by the SQLite of ${PROGRAMS.node.spec}, and no warning of that is seen`, async () => {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--project', 'in process', '--reporter', 'json', '--root', ROOT];
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const ran = await runProgram(node, [...args, 'test/contract/sqlite'], { env, milliseconds: 100_000 });
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const report = JSON.parse(ran.stdout.slice(ran.stdout.indexOf('{'))) as Report;
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = (of: string) =>
    results.filter(({ fullName, status }) => status === 'passed' && fullName.includes(of)).length;
  expect(passed('sqlite, by node:sqlite')).toBeGreaterThan(10);
  expect(passed('sqlite, by both')).toBe(passed('sqlite, by node:sqlite'));
  expect(ran.stderr).not.toContain('ExperimentalWarning');
});
