import { spawnSync } from 'node:child_process';
import { describe, it } from 'vitest';

/** Whether a program can be run here. */
export function hasProgram(name: string, args: readonly string[]): boolean {
  return spawnSync(name, args).error === undefined;
}

/** Says that tests are skipped, and why; in CI this is a test that fails. */
export function skipped(name: string, missing: string): void {
  if (process.env['CI']) {
    it(name, () => {
      throw new Error(`${missing}, and in CI nothing is skipped`);
    });
    return;
  }
  console.warn(`skipped, as ${missing}: ${name}`);
  describe.skip(`${name} (skipped: ${missing})`, () => undefined);
}
