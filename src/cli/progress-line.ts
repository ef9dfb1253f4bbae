import { printable } from '../shared/printable.js';
import type { Fetch } from '../shared/http/fetch.js';

/** So long nothing is shown: most answers come before. */
const PATIENCE_MILLISECONDS = 1000;

/** Back to the beginning of the line, and nothing on it. */
const CLEAR = '\r\u001b[K';

/** Where a line that comes and goes is shown. */
export interface ProgressScreen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/**
 * The same `fetch`, which shows on a terminal what is waited for, and for how long; the line is gone before the answer is
 * told. Elsewhere than on a terminal nothing is shown.
 */
export function showingProgress(fetch: Fetch, screen: ProgressScreen): Fetch {
  if (!screen.isTTY) return fetch;
  return async (input, init) => {
    const { origin, pathname } = new URL(input instanceof Request ? input.url : input);
    let seconds = 0;
    const timer = setInterval(() => {
      seconds += 1;
      const line = printable(`… ${seconds} s: waiting for ${origin}${pathname}`);
      screen.write(CLEAR + line.slice(0, (screen.columns ?? 80) - 1));
    }, PATIENCE_MILLISECONDS);
    timer.unref();
    try {
      return await fetch(input, init);
    } finally {
      clearInterval(timer);
      if (seconds > 0) screen.write(CLEAR);
    }
  };
}
