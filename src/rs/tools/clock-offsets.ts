import { principalOf } from '../mcp/principal.js';
import type { VerifiedToken } from '../verifiers/token-verifier.js';

/** How many clocks may be set at once; the one that was set longest ago is right again if another is set. */
const MAX_CLOCKS = 1000;

/** The clock that each client and user sees: the one of this machine, moved by what they set. */
export interface ClockOffsets {
  /** @returns how far the clock is moved, in seconds; 0 if it was not set */
  of(token: VerifiedToken): number;
  /** @param seconds 0 puts it right again */
  set(token: VerifiedToken, seconds: number): void;
}

/**
 * Keeps the offsets in memory, for each principal its own: nobody sets the clock of somebody else.
 *
 * @see {@link principalOf}
 */
export function createClockOffsets(): ClockOffsets {
  const offsets = new Map<string, number>();
  return {
    of: (token) => offsets.get(principalOf(token)) ?? 0,
    set(token, seconds) {
      const principal = principalOf(token);
      offsets.delete(principal);
      if (seconds === 0) return;
      offsets.set(principal, seconds);
      if (offsets.size > MAX_CLOCKS) offsets.delete(offsets.keys().next().value!);
    },
  };
}

/** How a clock that was moved by that much goes, in words. */
export function describeOffset(seconds: number): string {
  if (seconds === 0) return 'is right';
  return `is set ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'back'}`;
}
