import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listening, start } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';
import {
  freePort,
  isInstalled,
  makeSecrets,
  readDeployment,
  readVariables,
  temporaryFolder,
  withValues,
  written,
} from './support.js';

const UNITS = [
  ['mcp-oauth-demo-as.service', 'as.env'],
  ['mcp-oauth-demo-rs.service', 'rs.env'],
] as const;

const folder = temporaryFolder();
const made = makeSecrets(folder.path, { name: 'alice', password: 'correct-horse' });
afterAll(folder.remove);
const keep = stopAfterEach();

/** The program and arguments of ExecStart, with its lines put together. */
function execStart(unit: string): readonly string[] {
  const [, value] = /^ExecStart=([\s\S]*?[^\\])\n/m.exec(readDeployment(unit)) ?? [];
  if (value === undefined) throw new Error(`${unit} has no ExecStart`);
  return value.replaceAll('\\\n', ' ').trim().split(/\s+/);
}

function analyze(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

it('the units share no folder, since systemd gives one to the user of the unit that starts last', () => {
  const folders = UNITS.flatMap(([unit]) =>
    [...readDeployment(unit).matchAll(/^(\w+Directory=.+)$/gm)].map(([, line]) => line),
  );
  expect(folders).toContain('LogsDirectory=mcp-oauth-demo-rs');
  expect(new Set(folders).size).toBe(folders.length);
});

describe.each(UNITS)('%s', (unit, variables) => {
  it('starts a server with flags that it takes', async () => {
    const [program, ...args] = execStart(unit);
    expect(program).toBe('/usr/local/bin/mcp-oauth-demo');
    const state = join(folder.path, `state-of-${unit}`);
    mkdirSync(state);
    const filled = args.map((arg) =>
      arg
        .replace('${CREDENTIALS_DIRECTORY}', made)
        .replace('${STATE_DIRECTORY}', state)
        .replace('${LOGS_DIRECTORY}', state),
    );
    expect(filled.join(' ')).not.toContain('$');
    const { MCP_OAUTH_DEMO_STORE: _, ...env } = readVariables(join(made, variables));
    await listening(keep(start(withValues(filled, { port: String(await freePort()) }), { env })));
  });

  it('waits longer for its end than that takes, which is 25 seconds at most', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(readDeployment(unit)) ?? [];
    expect(Number(seconds)).toBeGreaterThan(25);
  });

  describe.skipIf(!isInstalled('systemd-analyze'))('in the eyes of systemd', () => {
    // The program is looked for, and is not on this machine; systemd knows a unit by the name of its file.
    const path = () =>
      written(
        folder.path,
        unit,
        readDeployment(unit).replace('/usr/local/bin/mcp-oauth-demo', process.execPath),
      );

    it('has no directive that there is not', () => {
      expect(analyze('verify', path())).toEqual({ status: 0, output: '' });
      const wrong = readDeployment(unit).replace('NoNewPrivileges', 'NoNewPrivilege');
      expect(analyze('verify', written(folder.path, `wrong-${unit}`, wrong)).output).toContain(
        'NoNewPrivilege',
      );
    });

    it('is exposed by less than 2 of 10', () => {
      const { status, output } = analyze('security', '--offline=yes', '--threshold=20', path());
      expect(status, output).toBe(0);
    });
  });
});
