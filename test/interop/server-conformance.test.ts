import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, startPair } from '../support/cli.js';
import { accessTokenFor } from './support/access-token.js';
import { type BearerProxy, startBearerProxy } from './support/bearer-proxy.js';
import {
  type Check,
  checksIn,
  type ConformanceSuite,
  conformanceSuite,
} from './support/conformance-suite.js';
import { PROGRAMS } from './support/packages.js';
import { type Household, newHousehold, runProgram } from './support/program.js';

/** Scenarios that a server with one tool can meet, and passes whole. */
const PASSED = {
  '2025-11-25': [
    'dns-rebinding-protection',
    'ping',
    'server-initialize',
    'server-session-lifecycle',
    'server-sse-multiple-streams',
    'tools-list',
  ],
  '2026-07-28': [
    'dns-rebinding-protection',
    'http-header-validation',
    'server-sse-multiple-streams',
    'tools-list',
  ],
} as const;

/**
 * Scenarios that a server with one tool can meet in part: the checks that it can't make here, and why. What is not named
 * must pass.
 */
const PASSED_BUT_FOR: Readonly<Record<Revision, Readonly<Record<string, Readonly<Record<string, string>>>>>> =
  {
    '2025-11-25': {},
    '2026-07-28': {
      'server-stateless': {
        'sep-2575-server-rejects-undeclared-capability': 'calls the tool test_missing_capability',
        'sep-2575-missing-capability-http-400': 'calls the tool test_missing_capability',
        'sep-2575-http-server-no-independent-requests-on-stream': 'calls the tool test_streaming_elicitation',
        'sep-2575-server-no-log-without-loglevel': 'calls the tool test_logging_tool',
      },
      caching: {
        'sep-2549-prompts-list-caching-hints': 'lists prompts',
        'sep-2549-resources-list-caching-hints': 'lists resources',
        'sep-2549-resources-templates-list-caching-hints': 'lists resource templates',
      },
    },
  };

/** What scenarios need that the server of this project does not have; a fixture server with all of it is tested elsewhere. */
const NEEDS = {
  completion: ['completion-complete'],
  'a tool that answers with other content than text and time': [
    'tools-call-audio',
    'tools-call-embedded-resource',
    'tools-call-image',
    'tools-call-mixed-content',
  ],
  // Without that tool some revisions pass these by an error that says so, which shows nothing.
  'a tool with the name of the suite': ['tools-call-error', 'tools-call-simple-text'],
  'a tool that logs, or a level of logging': ['logging-set-level', 'tools-call-with-logging'],
  'a tool that tells of its progress': ['tools-call-with-progress'],
  'a tool that asks the client': [
    'elicitation-sep1034-defaults',
    'elicitation-sep1330-enums',
    'input-required-result-basic-elicitation',
    'input-required-result-basic-list-roots',
    'input-required-result-basic-sampling',
    'input-required-result-capability-check',
    'input-required-result-ignore-extra-params',
    'input-required-result-missing-input-response',
    'input-required-result-multi-round',
    'input-required-result-multiple-input-requests',
    'input-required-result-non-tool-request',
    'input-required-result-request-state',
    'input-required-result-result-type',
    'input-required-result-tampered-state',
    'input-required-result-unsupported-methods',
    'input-required-result-validate-input',
    'tools-call-elicitation',
    'tools-call-sampling',
  ],
  'a tool with a schema of its own': ['json-schema-2020-12'],
  'a tool with x-mcp-header': ['http-custom-header-server-validation'],
  'a tool whose stream breaks off': ['server-sse-polling'],
  prompts: [
    'prompts-get-embedded-resource',
    'prompts-get-simple',
    'prompts-get-with-args',
    'prompts-get-with-image',
    'prompts-list',
  ],
  resources: [
    'resources-list',
    'resources-read-binary',
    'resources-read-text',
    'resources-subscribe',
    'resources-templates-read',
    'resources-unsubscribe',
    'sep-2164-resource-not-found',
  ],
  'the extension for tasks': [
    'tasks-capability-negotiation',
    'tasks-dispatch-and-envelope',
    'tasks-lifecycle',
    'tasks-mrtr-composition',
    'tasks-mrtr-input',
    'tasks-request-headers',
    'tasks-request-state-removal',
    'tasks-required-task-error',
    'tasks-status-notifications',
    'tasks-wire-fields',
  ],
} as const;

type Revision = keyof typeof PASSED;
const REVISIONS: readonly Revision[] = ['2025-11-25', '2026-07-28'];

let suite: ConformanceSuite;
let pair: Listening;
let proxy: BearerProxy;
let household: Household;

beforeAll(async () => {
  suite = await conformanceSuite();
  household = await newHousehold();
  pair = await startPair();
  proxy = await startBearerProxy(pair.resource, await accessTokenFor(pair.resource));
});
afterAll(async () => {
  await proxy.close();
  await pair.stop();
  await household.end();
});

/** The server scenarios that the suite runs for a revision, scored or not. */
function scenariosOf(revision: Revision): readonly string[] {
  const { required, unscored } = suite.scenariosFor(revision);
  return [...required, ...unscored];
}

/** Runs one scenario, and reads what came of its checks. */
async function run(scenario: string, revision: Revision): Promise<readonly Check[]> {
  const out = join(household.folder, revision, scenario);
  const target = ['--url', proxy.url, '--scenario', scenario, '--spec-version', revision];
  const { stdout, stderr } = await runProgram(suite.node, [suite.script, 'server', ...target, '-o', out], {
    env: { ...household.browser.env },
    milliseconds: 60_000,
  });
  const [checks] = Object.values(checksIn(out));
  if (checks === undefined) throw new Error(`no checks were made:\n${stdout}${stderr}`);
  return checks;
}

/** A check that found something: neither passed, nor left out because it does not apply, nor a mere note. */
function isFinding({ status }: Check): boolean {
  return !['SUCCESS', 'SKIPPED', 'INFO'].includes(status);
}

describe(`${PROGRAMS.conformance.spec}, mode server, against the MCP server with its one tool`, () => {
  describe.each(REVISIONS)('at %s', (revision) => {
    it('has no scenario that is not listed here, with what it needs', () => {
      const listed = [
        ...PASSED[revision],
        ...Object.keys(PASSED_BUT_FOR[revision]),
        ...Object.values(NEEDS).flat(),
      ];
      const scenarios = scenariosOf(revision);
      expect(scenarios.length).toBeGreaterThan(20);
      expect(scenarios.filter((name) => !listed.includes(name))).toEqual([]);
    });

    it.each(PASSED[revision])('passes %s', async (scenario) => {
      const checks = await run(scenario, revision);
      expect(checks.filter(isFinding)).toEqual([]);
      expect(checks.filter(({ status }) => status === 'SUCCESS')).not.toEqual([]);
    });

    for (const [scenario, missing] of Object.entries(PASSED_BUT_FOR[revision])) {
      it(`passes ${scenario}, but for checks that need what it does not have`, async () => {
        const checks = await run(scenario, revision);
        const findings = new Set(checks.filter(isFinding).map(({ id }) => id));
        expect([...findings].toSorted(), JSON.stringify(checks.filter(isFinding))).toEqual(
          Object.keys(missing).toSorted(),
        );
        expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(findings.size);
      });
    }
  });

  it('lists each scenario once, and none that the suite does not have', () => {
    const known = new Set(REVISIONS.flatMap(scenariosOf));
    const needing = Object.values(NEEDS).flat();
    expect(needing.filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(needing).size).toBe(needing.length);
  });
});
