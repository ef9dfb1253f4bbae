import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/cli.js';
import {
  type Check,
  checksIn,
  type ConformanceSuite,
  conformanceSuite,
} from './support/conformance-suite.js';
import { PROGRAMS } from './support/packages.js';
import { runProgram } from './support/program.js';

/** What inspect-flow is no client for: other ways to a token, and tokens that are bound to a key. */
const NOT_SPOKEN = new Set([
  'auth/enterprise-managed-authorization',
  'auth/wif-jwt-bearer',
  'auth/dpop',
  'auth/dpop-nonce',
]);

/** Each starts all of its scenarios at once, each with a client of its own. */
const RUNS = [
  ['2025-11-25', ['--requirements', '2025-11-25'], 16],
  ['2026-07-28', ['--requirements', '2026-07-28'], 27],
  ['2025-03-26, backwards', ['--suite', 'backcompat', '--spec-version', '2025-03-26'], 2],
] as const;

let suite: ConformanceSuite;
const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-client-conformance-'));

beforeAll(async () => {
  suite = await conformanceSuite();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns by scenario of authorization, what the suite found */
async function run(
  name: string,
  which: readonly string[],
): Promise<readonly (readonly [string, readonly Check[]])[]> {
  const output = join(folder, name.replace(/\W+/g, '-'));
  const launcher = join(ROOT, 'test/interop/support/conformance-client.mjs');
  await runProgram(
    suite.node,
    [suite.script, 'client', '--command', `${process.execPath} ${launcher}`, ...which].concat([
      '--timeout',
      '150000',
      '--output-dir',
      output,
    ]),
    { env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder }, milliseconds: 240_000 },
  );
  return Object.entries(checksIn(output)).filter(
    ([scenario]) => scenario.startsWith('auth/') && !NOT_SPOKEN.has(scenario),
  );
}

describe(`${PROGRAMS.conformance.spec}, mode client`, () => {
  it.each(RUNS)(
    'finds nothing against inspect-flow in any scenario of authorization: %s',
    { timeout: 260_000 },
    async (name, which, atLeast) => {
      const scenarios = await run(name, which);
      expect(scenarios.length).toBeGreaterThanOrEqual(atLeast);
      const bad = scenarios.flatMap(([scenario, checks]) =>
        checks
          .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
          .map(({ id, status, errorMessage }) => `${scenario}: ${status} ${id} ${errorMessage ?? ''}`),
      );
      expect(bad).toEqual([]);
      // The suite counts a scenario as passed in which it has seen nothing at all.
      const hollow = scenarios.filter(([, checks]) => !checks.some(({ status }) => status === 'SUCCESS'));
      expect(hollow.map(([scenario]) => scenario)).toEqual([]);
    },
  );
});
