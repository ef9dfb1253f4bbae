import type { AuthorizationServerConfig } from '../config/index.js';
import { NEVER } from '../store/store.js';

/** The time in which one key signs, in seconds since the epoch. */
export interface KeyPeriod {
  /** names the key in the store; the same in every process with the same settings */
  readonly id: string;
  readonly from: number;
  /** the first second in which the next key signs; {@link NEVER} without rotation */
  readonly until: number;
}

type Rotation = Pick<AuthorizationServerConfig, 'signingAlg' | 'rotateKeysEverySeconds'>;

/**
 * The period in which a moment lies. Periods are counted from the epoch and not from the start of the process, so that
 * several processes with one store change to the next key in the same second, without talking to each other.
 */
export function keyPeriodAt({ signingAlg, rotateKeysEverySeconds }: Rotation, now: number): KeyPeriod {
  if (rotateKeysEverySeconds === undefined) return { id: signingAlg, from: 0, until: NEVER };
  const from = now - (now % rotateKeysEverySeconds);
  return {
    id: `${signingAlg}/${rotateKeysEverySeconds}/${from}`,
    from,
    until: from + rotateKeysEverySeconds,
  };
}
