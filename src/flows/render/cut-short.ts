import type { TracedExchange } from '../trace/trace.js';

/**
 * What is to be said of an answer of which not all is there.
 *
 * @returns undefined where all is there, or the exchange says itself what went wrong
 */
export function cutShort({ observed_by: by, response, error }: TracedExchange): string | undefined {
  if (!response?.truncated || error !== null) return undefined;
  // Our own client reads no further; who watches keeps less, and the client of the flow may well have got all of it.
  return by === 'client'
    ? 'more than 256 KiB; not read further'
    : 'cut: it was longer than what is kept of a body';
}
