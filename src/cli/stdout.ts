import { isColourWanted } from './flags/log-flags.js';

/** Longer lines than this are hard to read, however wide the window is. */
const MAX_WIDTH = 100;

/** How a report on stdout is laid out: as wide as the window, and in colour if that is wanted. */
export function stdoutLayout(): { readonly width: number; readonly colour: boolean } {
  return {
    width: Math.min(process.stdout.columns ?? 80, MAX_WIDTH),
    colour: isColourWanted(process.stdout),
  };
}

/** Writes to stdout and waits until it is written: what is still on its way when a process ends may be lost. */
export function writtenToStdout(text: string): Promise<void> {
  return new Promise((resolve) => {
    // Nobody may be reading any more; that is their business.
    process.stdout.write(text, () => resolve());
  });
}
