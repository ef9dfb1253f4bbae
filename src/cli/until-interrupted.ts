import { EXIT } from './exit-codes.js';

/**
 * Keeps a server running until the process is asked to stop, then ends what it opened. A second request to stop, or
 * an end that takes too long, ends the process at once.
 *
 * @param end closes apps and ports, in this order
 */
export async function untilInterrupted(end: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
  setTimeout(() => process.exit(EXIT.failed), 5000).unref();
  await end();
}
