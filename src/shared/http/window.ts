/** A span of time in which something is counted. */
export interface Window {
  readonly number: number;
  /** in seconds since the epoch: the first second that is not in it any more */
  readonly ends: number;
}

/**
 * The window in which a moment is. Windows follow each other by the clock, so everybody whose clock is right agrees on them.
 *
 * @param now in seconds since the epoch
 * @param seconds how long a window is
 */
export function windowAt(now: number, seconds: number): Window {
  const number = Math.floor(now / seconds);
  return { number, ends: (number + 1) * seconds };
}
