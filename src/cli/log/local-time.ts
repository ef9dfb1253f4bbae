/**
 * The time on the reader's own clock: HH:MM:SS.
 *
 * @param seconds since the epoch
 */
export function localTime(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

/**
 * Date and time on the reader's own clock: YYYY-MM-DD HH:MM:SS, for what is not now.
 *
 * @param seconds since the epoch
 */
export function localDateTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return `${day.map((part) => String(part).padStart(2, '0')).join('-')} ${localTime(seconds)}`;
}
