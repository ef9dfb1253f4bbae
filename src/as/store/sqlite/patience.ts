import { setTimeout as pause } from 'node:timers/promises';
import { isBusy } from './faults.js';

/** How long is waited for another process that writes, in milliseconds, and how long at most between two tries. */
const PATIENCE = 5000;
const LONGEST_PAUSE = 25;

/**
 * Does what may find the file locked by another process, again and again until it is free. SQLite could wait by itself,
 * but then nothing else would go on in this process.
 *
 * @throws what `act` threw at last
 */
export async function patiently<T>(act: () => T): Promise<T> {
  let waited = 0;
  for (let next = 1; ; next = Math.min(next * 2, LONGEST_PAUSE)) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || waited >= PATIENCE) throw error;
    }
    await pause(next);
    waited += next;
  }
}
