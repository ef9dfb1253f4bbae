import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROGRAMS, programPath } from './packages.js';

/** A check of the official suite, as it writes it down. */
export interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/** What the suite requires of servers for a revision, and what it runs beside that without a score. */
export interface ServerScenarios {
  readonly required: readonly string[];
  readonly unscored: readonly string[];
}

/** The official suite, ready to be run: downloaded, with a Node that it runs on. */
export interface ConformanceSuite {
  readonly node: string;
  readonly script: string;
  scenariosFor(revision: string): ServerScenarios;
}

export async function conformanceSuite(): Promise<ConformanceSuite> {
  const node = await programPath(PROGRAMS.node);
  const script = await programPath(PROGRAMS.conformance);
  return {
    node,
    script,
    scenariosFor(revision) {
      const yaml = readFileSync(join(dirname(script), '../requirements', `${revision}.yaml`), 'utf8');
      const [, scored = ''] = /^server:\n((?: {2}- \S+\n)+)/m.exec(yaml) ?? [];
      const others = yaml.matchAll(/^ {2}- scenario: (\S+)\n {4}leg: server$/gm);
      return {
        required: [...scored.matchAll(/- (\S+)/g)].map((match) => match[1]!),
        unscored: [...others].map((match) => match[1]!),
      };
    },
  };
}

/**
 * What the suite found.
 *
 * @param folder its `--output-dir`
 * @returns by scenario
 */
export function checksIn(folder: string): Readonly<Record<string, readonly Check[]>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    files
      .filter((path) => path.endsWith('checks.json'))
      .map((path) => [scenarioOf(path), JSON.parse(readFileSync(join(folder, path), 'utf8')) as Check[]]),
  );
}

/** A scenario is named by the folder of its results, between the mode, if it is written down, and the time. */
function scenarioOf(path: string): string {
  const [, beforeTime = path] = /^(.*)-\d{4}-\d\d-\d\dT/.exec(path) ?? [];
  return /(?:^|\/)server-(.*)$/.exec(beforeTime)?.[1] ?? beforeTime;
}
