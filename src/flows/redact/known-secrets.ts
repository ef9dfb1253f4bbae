import { fingerprint } from '../../shared/secret.js';

/** What takes the place of a secret of which nothing may be kept. */
export const REDACTED = '[redacted]';

/** A shorter one would be found inside of ordinary words. */
const MIN_LENGTH = 8;

/** Random enough to be told by its fingerprint; so much of the beginning of a secret is as good as a secret. */
const RANDOM_LENGTH = 22;

/** No flow has as many; who sends more wants them to be looked for all day. */
const MAX_SECRETS = 256;

/** The secrets of a run. One that was seen is found again in any other text. */
export interface KnownSecrets {
  /** @returns its fingerprint if it is long enough to be random, else nothing of it */
  mask(value: string): string;
  /** @returns nothing of it */
  drop(value: string): string;
  /**
   * Replaces the secrets that are known by now, and the beginning of a long one that was cut off. It takes time in
   * proportion to the text, however many there are and however much they resemble each other.
   */
  hide(text: string): string;
  /** how many are known, each in all its spellings */
  readonly known: number;
  /** whether there were more secrets than are remembered, so that a text may hold one that is not found again */
  readonly overflowed: boolean;
}

/** The secrets with the same first characters. */
interface Alike {
  /** lengths of the short ones, the longest first */
  readonly lengths: number[];
  /** the long ones, by more of their beginning */
  readonly long: Map<string, string[]>;
}

/** A secret, or the beginning of one, in a text. */
interface Found {
  readonly length: number;
  readonly masked: string;
}

/** Starts without any. */
export function createKnownSecrets(): KnownSecrets {
  const masks = new Map<string, string>();
  const byBeginning = new Map<string, Alike>();
  let overflowed = false;

  function remember(value: string, masked: string): void {
    if (value.length < MIN_LENGTH || masks.has(value)) return;
    if (masks.size >= MAX_SECRETS) {
      overflowed = true;
      return;
    }
    masks.set(value, masked);
    const beginning = value.slice(0, MIN_LENGTH);
    const { lengths, long } = byBeginning.get(beginning) ?? {
      lengths: [],
      long: new Map<string, string[]>(),
    };
    byBeginning.set(beginning, { lengths, long });
    if (value.length >= RANDOM_LENGTH) {
      const more = value.slice(0, RANDOM_LENGTH);
      long.set(more, [...(long.get(more) ?? []), value]);
    } else if (!lengths.includes(value.length)) {
      lengths.push(value.length);
      lengths.sort((one, other) => other - one);
    }
  }

  /** Remembered as a URL and as JSON spell it too: that is how it comes back in one. */
  function rememberSpellings(value: string, masked: string): string {
    remember(value, masked);
    remember(encoded(value), masked);
    remember(JSON.stringify(value).slice(1, -1), masked);
    return masked;
  }

  function foundAt(text: string, at: number): Found | undefined {
    const alike = byBeginning.get(text.slice(at, at + MIN_LENGTH));
    if (!alike) return undefined;
    const candidates = alike.long.get(text.slice(at, at + RANDOM_LENGTH));
    if (candidates) {
      // All that was looked at is passed over: nothing is looked at twice.
      const length = Math.max(...candidates.map((secret) => commonLength(secret, text, at)));
      return { length, masked: masks.get(text.slice(at, at + length)) ?? REDACTED };
    }
    for (const length of alike.lengths) {
      const masked = masks.get(text.slice(at, at + length));
      if (masked !== undefined) return { length, masked };
    }
    return undefined;
  }

  function hide(text: string): string {
    if (masks.size === 0) return text;
    let safe = '';
    let kept = 0;
    for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
      const found = foundAt(text, at);
      if (!found) continue;
      safe += text.slice(kept, at) + found.masked;
      kept = at + found.length;
      at = kept - 1;
    }
    return kept === 0 ? text : safe + text.slice(kept);
  }

  return {
    mask: (value) =>
      rememberSpellings(value, value.length >= RANDOM_LENGTH ? `sha256:${fingerprint(value)}…` : REDACTED),
    drop: (value) => rememberSpellings(value, REDACTED),
    hide,
    get known() {
      return masks.size;
    },
    get overflowed() {
      return overflowed;
    },
  };
}

/** How many characters of a secret stand in a text, from its beginning. */
function commonLength(secret: string, text: string, at: number): number {
  let length = 0;
  while (length < secret.length && secret.charCodeAt(length) === text.charCodeAt(at + length)) length += 1;
  return length;
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair has no spelling there.
    return value;
  }
}
