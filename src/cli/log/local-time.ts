/**
 * The time on the reader's own clock: HH:MM:SS.
 *
 * @param seconds since the epoch
 */
export function localTime(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}
