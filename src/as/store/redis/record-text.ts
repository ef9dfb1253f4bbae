import { canonicalJson } from '../canonical-json.js';
import { NEVER } from '../store.js';

/** Further ahead than this, in seconds, Redis need not know of it: some thirty years. Reading decides then. */
const FORETOLD_SECONDS = 1_000_000_000;

/**
 * What is stored for a record: when it ends, a space, and its JSON with the members in order, so that equal content is
 * equal text and a script can compare it.
 */
export function textOf(value: object, expires_at: number): string {
  return `${expires_at} ${canonicalJson(value)}`;
}

/** What a text says, unless its time is over. */
export function readText<T>(text: string, now: number): T | undefined {
  const end = text.indexOf(' ');
  if (Number(text.slice(0, end)) <= now) return undefined;
  const value: T = JSON.parse(text.slice(end + 1));
  return value;
}

/**
 * How long Redis keeps it, in milliseconds; empty for as long as it is not deleted. It is told how long and not until when,
 * so its own clock need not agree with ours.
 */
export function lifetimeOf(expires_at: number, now: number): string {
  if (expires_at === NEVER || expires_at - now > FORETOLD_SECONDS) return '';
  return String(Math.max(1, Math.ceil((expires_at - now) * 1000)));
}
