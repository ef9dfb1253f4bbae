import { EXIT } from './exit-codes.js';

/** How long an end may take before the process stops without it, in milliseconds. */
const MAX_END_MILLISECONDS = 5000;

/**
 * Listens from now on for the wish to stop (Ctrl-C, or SIGTERM). To be called before the world is told that a server
 * is up: whoever waits for that may stop it at once.
 *
 * @returns a function that waits for the wish, and then ends what was opened; a second wish stops the process at once
 */
export function listenForInterrupt(): (end: () => Promise<void>) => Promise<void> {
  const wished = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  return async (end) => {
    await wished;
    process.once('SIGINT', () => process.exit(EXIT.interrupted));
    setTimeout(() => process.exit(EXIT.failed), MAX_END_MILLISECONDS).unref();
    await end();
  };
}
