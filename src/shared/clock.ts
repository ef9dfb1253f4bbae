/** The only source of time: whole seconds since the epoch. */
export interface Clock {
  now(): number;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Math.floor(Date.now() / 1000) };
