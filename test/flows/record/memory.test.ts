import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('the memory of the recorder and of the watch is the same after 100,000 exchanges as after 20,000', () => {
  const program = join(import.meta.dirname, 'flood-process.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', program, '20000', '100000'], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  const [early, late, told] = stdout.trim().split('\n');
  expect(told, stderr).toBe('2000,0');
  expect(Number(late) / Number(early)).toBeLessThan(1.15);
}, 130_000);
