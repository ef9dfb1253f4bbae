import { afterEach } from 'vitest';
import type { Running } from './cli.js';

/**
 * Sees to it that what the tests of a file start ends with the test that started it.
 *
 * @returns marks a process to be stopped, and hands it back
 */
export function stopAfterEach(): <T extends Running>(process: T) => T {
  const running: Running[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.stop('SIGKILL')));
  });
  return (process) => {
    running.push(process);
    return process;
  };
}
