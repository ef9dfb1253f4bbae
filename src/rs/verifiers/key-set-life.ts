/** How long a set of keys is used without asking again, in seconds, where its host does not say. */
const DEFAULT_SECONDS = 300;

/**
 * The bounds of what the host may say: a set is not read for each token, nor does a key that was taken out of it live on
 * for a day.
 */
const MIN_SECONDS = 1;
const MAX_SECONDS = 3600;

/**
 * For how long a set of keys is used without asking again, in milliseconds.
 *
 * @param headers of the answer that it came with
 * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2 RFC 9111 §5.2.2}
 */
export function keySetLifeMilliseconds(headers: Headers): number {
  const control = headers.get('cache-control')?.toLowerCase() ?? '';
  if (/(?:^|[\s,])no-(?:cache|store)(?:$|[\s,=])/.test(control)) return MIN_SECONDS * 1000;
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(control)?.[1];
  if (maxAge === undefined) return DEFAULT_SECONDS * 1000;
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '')?.[0] ?? '0';
  return Math.min(Math.max(Number(maxAge) - Number(age), MIN_SECONDS), MAX_SECONDS) * 1000;
}
