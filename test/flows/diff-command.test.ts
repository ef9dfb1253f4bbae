import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowDiff } from '../../src/flows/index.js';
import { run, startPair } from '../support/cli.js';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'diff-'));
  const pair = await startPair('--client', 'demo-preset');
  const inspect = (...flags: readonly string[]) =>
    run(['inspect-flow', pair.resource, ...flags], { cwd: folder });
  await inspect('--client-id', 'demo-preset', '--output', 'a.json');
  await inspect('--output', 'b.json');
  await inspect('--output', 'again.json');
  await pair.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

function diff(...args: readonly string[]) {
  return run(['inspect-flow', 'diff', ...args], { cwd: folder });
}

describe('inspect-flow diff', () => {
  it('ends with 3 and says where the flows part and why', async () => {
    const { code, stdout, stderr } = await diff('a.json', 'b.json');
    expect([code, stderr]).toEqual([3, '']);
    expect(stdout).toContain(
      'They part at registration: a is preset, b is dcr, since the way preset was open\n' +
        'to a (its user gave a client_id) and not open to b (its user gave no client_id).\n',
    );
  });

  it('ends with 0 for two runs of the same flow, which have other ids, ports and secrets', async () => {
    const { code, stdout } = await diff('b.json', 'again.json');
    expect(stdout).toContain('The two flows are the same.');
    expect(code).toBe(0);
  });

  it('prints one document with --json', async () => {
    const { code, stdout } = await diff('a.json', 'b.json', '--json');
    const { same, parting } = JSON.parse(stdout) as FlowDiff;
    expect([code, same, parting!.step]).toEqual([3, false, 'registration']);
  });

  it.each([
    [['a.json', 'missing.json'], /cannot read missing\.json \(ENOENT\)/],
    [['bad.json', 'a.json'], /bad\.json is not JSON/],
    [['-', '-'], /only one of the two traces can be stdin/],
    [['a.json'], /Missing 1 required arg/],
  ] as const)('ends with 2 and one line where a trace cannot be read: %s', async (args, line) => {
    writeFileSync(join(folder, 'bad.json'), '<html>');
    const { code, stdout, stderr } = await diff(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^mcp-oauth-demo inspect-flow diff: [^\n]*\n$/);
    expect(stderr).toMatch(line);
  });
});
