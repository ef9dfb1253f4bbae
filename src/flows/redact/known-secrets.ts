import { fingerprint } from '../../shared/secret.js';

/** What takes the place of a secret of which nothing may be kept. */
export const REDACTED = '[redacted]';

/** A shorter one would be found inside of ordinary words. */
const MIN_LENGTH = 8;

/** Random enough to be told by its fingerprint. */
const RANDOM_LENGTH = 22;

/** No flow has as many; who sends more wants them to be looked for all day. */
const MAX_SECRETS = 256;

/** The secrets of a run. One that was seen is found again in any other text. */
export interface KnownSecrets {
  /** @returns its fingerprint if it is long enough to be random, else nothing of it */
  mask(value: string): string;
  /** @returns nothing of it */
  drop(value: string): string;
  /** Replaces the secrets that are known by now. It takes time in proportion to the text, however many there are. */
  hide(text: string): string;
  /** whether there were more secrets than are remembered, so that a text may hold one that is not found again */
  readonly overflowed: boolean;
}

/** Starts without any. */
export function createKnownSecrets(): KnownSecrets {
  const masks = new Map<string, string>();
  /** the secrets by their first characters, the longest first: a text is gone through once, not once for each secret */
  const byBeginning = new Map<string, string[]>();
  let overflowed = false;

  function remember(value: string, masked: string): void {
    if (value.length < MIN_LENGTH || masks.has(value)) return;
    if (masks.size >= MAX_SECRETS) {
      overflowed = true;
      return;
    }
    masks.set(value, masked);
    const beginning = value.slice(0, MIN_LENGTH);
    const others = byBeginning.get(beginning) ?? [];
    byBeginning.set(
      beginning,
      [...others, value].toSorted((one, other) => other.length - one.length),
    );
  }

  /** Remembered in the spelling of a URL too: that is how it comes back in one. */
  function rememberSpellings(value: string, masked: string): string {
    remember(value, masked);
    remember(encoded(value), masked);
    return masked;
  }

  function hide(text: string): string {
    if (byBeginning.size === 0 || text.length < MIN_LENGTH) return text;
    let safe = '';
    let kept = 0;
    for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
      const candidates = byBeginning.get(text.slice(at, at + MIN_LENGTH));
      const found = candidates?.find((secret) => text.startsWith(secret, at));
      if (found === undefined) continue;
      safe += text.slice(kept, at) + masks.get(found);
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
    get overflowed() {
      return overflowed;
    },
  };
}

function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half of a surrogate pair has no spelling there.
    return value;
  }
}
