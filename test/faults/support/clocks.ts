import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { hasProgram, skipped } from './programs.js';

/** The clock of a process, which can be set while it runs. */
export interface FakeClock {
  /** for the environment of the process */
  readonly env: Record<string, string>;
  /** Sets it so many seconds ahead of the true time, or behind it; what measures durations is not touched. */
  set(seconds: number): void;
}

/** Tests that need faketime; without it they are skipped, and in CI they fail. */
export function describeWithClocks(name: string, tests: () => void): void {
  if (hasProgram('faketime', ['--version'])) describe(name, tests);
  else skipped(name, 'there is no faketime on the PATH');
}

/** @param folder for the file that says what time it is */
export function fakeClock(folder: string): FakeClock {
  const file = join(folder, 'clock');
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`);
  set(0);
  return {
    env: {
      LD_PRELOAD: execFileSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], {
        encoding: 'utf8',
      }).trim(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    set,
  };
}
