/**
 * Calls a function about once a second, for what has to end by itself. It keeps no process alive.
 *
 * @returns a function that stops it
 */
export type Ticker = (run: () => void) => () => void;

/** The seconds of this machine. */
export const systemTicker: Ticker = (run) => {
  const timer = setInterval(run, 1000);
  timer.unref();
  return () => clearInterval(timer);
};
