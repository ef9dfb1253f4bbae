import { EXIT } from './exit-codes.js';

/**
 * Listens from now on for Ctrl-C and SIGTERM.
 *
 * @returns fires at the first, so that what was seen can still be told; a second one ends the process at once
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
