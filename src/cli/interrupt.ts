import { EXIT } from './exit-codes.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** How long an end may take before the process stops without it, in milliseconds; those who stop processes wait for 30 s. */
const MAX_END_MILLISECONDS = 25_000;

/**
 * Listens from now on for the wish to stop (Ctrl-C, or SIGTERM). To be called before the world is told that a server
 * is up: whoever waits for that may stop it at once.
 *
 * @returns a function that waits for the wish, and then ends what was opened; a second wish stops the process at once.
 *   It is told for how many milliseconds more than usual the end may take
 */
export function listenForInterrupt(): (end: () => Promise<void>, more?: number) => Promise<void> {
  let isWished = false;
  const wished = new Promise<void>((resolve) => {
    const wish = (): void => {
      if (isWished) process.exit(EXIT.interrupted);
      isWished = true;
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, wish);
  });
  return async (end, more = 0) => {
    await wished;
    setTimeout(() => process.exit(EXIT.failed), MAX_END_MILLISECONDS + more).unref();
    await end();
  };
}
